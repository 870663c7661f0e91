import type { Operation } from "../operation.ts";
import { Problem } from "../problem.ts";
import { ref } from "../schemas.ts";

const FOUND = { 404: { description: "Nothing is known of the user.", schema: ref("Problem") } } as const;

export const USERS: readonly Operation[] = [
  {
    method: "get",
    path: "/users/{id}",
    name: "getUser",
    tag: "users",
    summary: "What is known of a user that events are about",
    answers: { 200: { description: "The user's properties.", schema: ref("User") }, ...FOUND },
    async run({ sender, id }) {
      const properties = await sender.users.get(id);
      if (properties === null) throw new Problem(404, `Nothing is known of the user ${JSON.stringify(id)}.`);
      return { status: 200, body: { user: id, properties } };
    },
  },
  {
    method: "put",
    path: "/users/{id}",
    name: "addUserProperties",
    tag: "users",
    summary: "Puts properties over those that a user has",
    body: ref("UserProperties"),
    answers: { 200: { description: "All of them.", schema: ref("User") } },
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
    name: "removeUser",
    tag: "users",
    summary: "Forgets what is known of a user",
    answers: { 204: { description: "Nothing is known any more.", schema: null }, ...FOUND },
    async run({ sender, id }) {
      if (!(await sender.users.remove(id)))
        throw new Problem(404, `Nothing is known of the user ${JSON.stringify(id)}.`);
      return { status: 204 };
    },
  },
];
