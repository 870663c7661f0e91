import type { Operation } from "../operation.ts";
import { Problem } from "../problem.ts";
import { ref } from "../schemas.ts";

const NOT_FOUND_RESPONSE = { 404: { description: "User not found.", schema: ref("Problem") } } as const;

export const USERS: readonly Operation[] = [
  {
    method: "get",
    path: "/users/{id}",
    operationId: "getUser",
    tag: "users",
    summary: "Get a user",
    responses: { 200: { description: "The user's properties.", schema: ref("User") }, ...NOT_FOUND_RESPONSE },
    async run({ sender, id }) {
      const properties = await sender.users.get(id);
      if (properties === null) throw new Problem(404, `No such user: ${JSON.stringify(id)}.`);
      return { status: 200, body: { user: id, properties } };
    },
  },
  {
    method: "put",
    path: "/users/{id}",
    operationId: "addUserProperties",
    tag: "users",
    summary: "Set user properties",
    body: ref("UserProperties"),
    responses: { 200: { description: "The user.", schema: ref("User") } },
    async run({ sender, id, body }) {
      const { properties } = body as { readonly properties: Readonly<Record<string, string>> };
      return {
        status: 200,
        body: { user: id, properties: await sender.users.addProperties(id, properties) },
      };
    },
  },
  {
    method: "delete",
    path: "/users/{id}",
    operationId: "deleteUser",
    tag: "users",
    summary: "Delete a user",
    responses: { 204: { description: "Deleted.", schema: null }, ...NOT_FOUND_RESPONSE },
    async run({ sender, id }) {
      if (!(await sender.users.delete(id))) throw new Problem(404, `No such user: ${JSON.stringify(id)}.`);
      return { status: 204 };
    },
  },
];
