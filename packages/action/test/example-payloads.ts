import { toExpression } from "./step.ts";

/** Of a commit that somebody else wrote. */
export const COMMIT_MESSAGE: string = `Mend "login" & <b>co</b>\n\n\`it\` said ${toExpression("secrets.X")}, {{ data }} and\n::error::no\nversion=9`;

/** Payloads as GitHub sends them, cut to what is of use. Source: GitHub Docs, "Webhook events and payloads". */
export const PAYLOADS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = payloads();

function payloads(): typeof PAYLOADS {
  const login = "octocat";
  const page = "https://github.com/acme/shop";
  const user = {
    login,
    id: 583231,
    avatar_url: "https://avatars.githubusercontent.com/u/583231?v=4",
    html_url: `https://github.com/${login}`,
    type: "User",
  };
  const common = {
    repository: { name: "shop", full_name: "acme/shop", html_url: page, owner: { login: "acme" } },
    sender: user,
  };
  return {
    push: {
      ...common,
      ref: "refs/heads/main",
      before: "6113728f27ae82c7b1a177c8d03f9e96e0adf246",
      after: "ffac537e6cbbf934b08745a378932722df287a53",
      compare: `${page}/compare/6113728f27ae...ffac537e6cbb`,
      forced: false,
      head_commit: {
        id: "ffac537e6cbbf934b08745a378932722df287a53",
        message: COMMIT_MESSAGE,
        url: `${page}/commit/ffac537e6cbbf934b08745a378932722df287a53`,
        author: { name: "Ann", email: "ann@example.com", username: "ann" },
      },
      commits: [{ message: COMMIT_MESSAGE }],
    },
    pull_request: {
      ...common,
      action: "opened",
      number: 12,
      pull_request: {
        number: 12,
        title: 'Say "hello" & <!channel> ```now``` 🦩',
        html_url: `${page}/pull/12`,
        user,
        draft: false,
        merged: false,
        base: { ref: "main" },
        head: { ref: "feature/hello" },
      },
    },
    release: {
      ...common,
      action: "published",
      release: {
        name: "1.2.3 <the> & 'best' | yet",
        tag_name: "v1.2.3",
        html_url: `${page}/releases/tag/v1.2.3`,
        author: user,
        draft: false,
        prerelease: false,
      },
    },
    schedule: { ...common, schedule: "0 3 * * *", workflow: ".github/workflows/nightly.yml" },
  };
}
