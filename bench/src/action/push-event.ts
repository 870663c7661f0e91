/** The event file of a push: same structure as GitHub's, and about as long. */
export function createPushEvent(): object {
  const name = "octo-org/octo-repo";
  const api = `https://api.github.com/repos/${name}`;
  const person = {
    name: "Ada Lovelace",
    email: "ada@octo.example",
    username: "ada",
    date: "2026-04-01T09:23:53Z",
  };
  const commits = Array.from({ length: 3 }, (_, number) => ({
    id: String(number).repeat(40),
    tree_id: "a".repeat(40),
    distinct: true,
    message: `Mend the import of statements, part ${number}\n\nCo-authored-by: Grace <grace@octo.example>`,
    timestamp: "2026-04-01T09:23:53+00:00",
    url: `https://github.com/${name}/commit/${String(number).repeat(40)}`,
    author: person,
    committer: person,
    added: [],
    removed: [],
    modified: ["src/statements/import.ts", "src/statements/import.test.ts"],
  }));
  return {
    ref: "refs/heads/main",
    before: "b".repeat(40),
    after: "2".repeat(40),
    repository: {
      id: 1296269,
      name: "octo-repo",
      full_name: name,
      private: false,
      owner: createAccount(1, "octo-org"),
      html_url: `https://github.com/${name}`,
      ...toUrls(api, LINKS),
      default_branch: "main",
    },
    pusher: { name: "ada", email: person.email },
    organization: createAccount(1, "octo-org"),
    sender: createAccount(2, "ada"),
    created: false,
    deleted: false,
    forced: false,
    base_ref: null,
    compare: `https://github.com/${name}/compare/bbbbbbbbbbbb...222222222222`,
    commits,
    head_commit: commits.at(-1),
  };
}

/** A repository in an event has a link for each of these and more. */
const LINKS =
  "forks keys collaborators teams hooks issue_events events assignees branches tags blobs git_tags git_refs trees statuses languages stargazers contributors subscribers subscription commits git_commits comments issue_comment contents compare merges archive downloads issues pulls milestones notifications labels releases deployments";

function toUrls(base: string, names: string): Record<string, string> {
  return Object.fromEntries(names.split(" ").map((name) => [`${name}_url`, `${base}/${name}{/id}`]));
}

function createAccount(id: number, login: string): object {
  const links = "followers following gists starred subscriptions organizations repos events received_events";
  return {
    login,
    id,
    type: "User",
    site_admin: false,
    ...toUrls(`https://api.github.com/users/${login}`, links),
  };
}
