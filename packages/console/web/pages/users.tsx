import { useState } from "preact/hooks";
import { callApi } from "../api.ts";
import { Field } from "../parts/field.tsx";
import { Heading } from "../parts/heading.tsx";
import { ResourceView, useResource } from "../parts/resource.tsx";
import { currentRoute, navigate } from "../router.tsx";
import { AddProperty, type User } from "../users/add-property.tsx";

/** Looks up a user and shows and edits the properties. */
export function UsersPage() {
  const userId = currentRoute.value.query.get("user") ?? "";
  return (
    <>
      <Heading title={userId === "" ? "Users" : `User ${userId}`}>Users</Heading>
      <UserLookup key={userId} initialUserId={userId} />
      {userId === "" ? (
        <p class="hint spaced">Look up a user by ID or email address.</p>
      ) : (
        <UserDetails key={`of ${userId}`} id={userId} />
      )}
    </>
  );
}

function UserLookup({ initialUserId }: { readonly initialUserId: string }) {
  const [identity, setIdentity] = useState(initialUserId);
  const lookUp = (event: Event): void => {
    event.preventDefault();
    const id = identity.trim();
    if (id !== "") navigate(`users?${new URLSearchParams({ user: id })}`, "filter");
  };
  return (
    <form class="form" onSubmit={lookUp}>
      <Field
        label="User ID or email"
        hint="Templates can use user properties, for example {{ user.plan }}."
        value={identity}
        onInput={setIdentity}
      />
      <button type="submit" class="primary">
        Look up
      </button>
    </form>
  );
}

function UserDetails({ id }: { readonly id: string }) {
  const loaded = useResource(id, () => callApi<User>("GET", `/users/${encodeURIComponent(id)}`));
  return (
    <>
      <ResourceView resource={loaded} name="user">
        {({ user, properties }) => <UserProperties user={user} properties={properties} />}
      </ResourceView>
      {(loaded.value !== undefined || loaded.failure?.status === 404) && (
        <AddProperty id={id} properties={loaded.value?.properties ?? {}} onChange={loaded.set} />
      )}
    </>
  );
}

function UserProperties({ user, properties }: User) {
  return (
    <section aria-live="polite">
      <h2>{user}</h2>
      {Object.keys(properties).length === 0 ? (
        <p class="hint">No properties yet.</p>
      ) : (
        <dl class="properties">
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
