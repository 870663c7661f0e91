import { useState } from "preact/hooks";
import { ask } from "../api.ts";
import { Field } from "../parts/field.tsx";
import { Heading } from "../parts/heading.tsx";
import { Show, useLoaded } from "../parts/loaded.tsx";
import { go, place } from "../router.tsx";
import { AddProperty, type User } from "../users/add-property.tsx";

/** What is known of whom events are about. */
export function Users() {
  const shown = place.value.query.get("user") ?? "";
  return (
    <>
      <Heading title={shown === "" ? "Users" : `User ${shown}`}>Users</Heading>
      <Lookup key={shown} shown={shown} />
      {shown === "" ? (
        <p class="hint apart">
          What your application says of a user is looked up by identity, such as an e-mail address or an id of
          yours.
        </p>
      ) : (
        <Properties key={`of ${shown}`} id={shown} />
      )}
    </>
  );
}

function Lookup({ shown }: { readonly shown: string }) {
  const [wanted, setWanted] = useState(shown);
  const look = (event: Event): void => {
    event.preventDefault();
    const id = wanted.trim();
    if (id !== "") go(`users?${new URLSearchParams({ user: id })}`, "filter");
  };
  return (
    <form class="form" onSubmit={look}>
      <Field
        label="Identity"
        hint="Whom events are emitted about. Templates read the user's properties, as {{ user.plan }}."
        value={wanted}
        onInput={setWanted}
      />
      <button type="submit" class="primary">
        Look up
      </button>
    </form>
  );
}

function Properties({ id }: { readonly id: string }) {
  const loaded = useLoaded(id, () => ask<User>("GET", `/users/${encodeURIComponent(id)}`));
  return (
    <>
      <Show of={loaded} what="user">
        {({ user, properties }) => <Known user={user} properties={properties} />}
      </Show>
      {(loaded.value !== undefined || loaded.failure?.status === 404) && (
        <AddProperty id={id} properties={loaded.value?.properties ?? {}} changed={loaded.set} />
      )}
    </>
  );
}

function Known({ user, properties }: User) {
  return (
    <section aria-live="polite">
      <h2>{user}</h2>
      {Object.keys(properties).length === 0 ? (
        <p class="hint">No properties are known yet.</p>
      ) : (
        <dl class="facts">
          {Object.entries(properties).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <code>{JSON.stringify(value)}</code>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}
