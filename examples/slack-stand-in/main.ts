// Stands in for Slack: shows what is posted to it, and answers as Slack does. PORT is 3002 unless set.
import { slackStandIn } from "./slack.ts";

const slack = await slackStandIn((post) => console.log(post.text), Number(process.env["PORT"] ?? 3002));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void slack.close());
console.error(`slack-stand-in listens on ${slack.url}`);
