import { useState } from "preact/hooks";
import { ask, Refused } from "../api.ts";
import { Field } from "../parts/field.tsx";
import { go, place } from "../router.tsx";

interface User {
  readonly user: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** What is known of whom events are about. */
export function Users() {
  const [wanted, setWanted] = useState(place.value.query.get("user") ?? "");
  const [user, setUser] = useState<User | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const look = async (event: Event): Promise<void> => {
    event.preventDefault();
    const id = wanted.trim();
    if (id === "") return;
    go(`users?user=${encodeURIComponent(id)}`, "replace");
    try {
      setUser(await ask<User>("GET", `/users/${encodeURIComponent(id)}`));
      setFailure(null);
    } catch (error) {
      setUser(null);
      setFailure(error instanceof Refused ? error.message : String(error));
    }
  };
  return (
    <>
      <h1>Users</h1>
      <form class="form" onSubmit={(event) => void look(event)}>
        <Field
          label="User"
          hint="The identity that events are emitted about. Templates read its properties, as {{ user.plan }}."
          value={wanted}
          onInput={setWanted}
        />
        <button type="submit" class="primary">
          Look
        </button>
      </form>
      <div role="status">
        {failure !== null && <p class="error">{failure}</p>}
        {user !== null && <Properties user={user} />}
      </div>
    </>
  );
}

function Properties({ user: { user, properties } }: { readonly user: User }) {
  const entries = Object.entries(properties);
  return (
    <>
      <h2>{user}</h2>
      {entries.length === 0 ? (
        <p class="hint">No properties.</p>
      ) : (
        <dl class="facts">
          {entries.map(([name, value]) => (
            <>
              <dt key={name}>{name}</dt>
              <dd key={`${name}=`}>
                <code>{JSON.stringify(value)}</code>
              </dd>
            </>
          ))}
        </dl>
      )}
    </>
  );
}
