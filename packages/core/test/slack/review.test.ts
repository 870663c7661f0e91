import { describe, expect, test } from "vitest";
import type { WebhookEvent } from "../../src/event.ts";
import type { SlackMessage } from "../../src/slack/types.ts";
import { CREATED_TEXT, context, createCheckedMessage, header, mrkdwn } from "./create-checked-message.ts";

describe("end_user.review_required", () => {
  const review = (data: unknown): SlackMessage =>
    createCheckedMessage({ topic: "end_user.review_required", data });

  test("says who is to be looked at", () => {
    expect(review({ end_user_id: "user<1>", heron_id: "eus_1", status: "review_required" })).toEqual({
      text: "🔍 Review required: End user ID user&lt;1&gt;, Heron ID eus_1, Status review_required",
      blocks: [
        header("🔍 Review required"),
        { type: "section", text: mrkdwn("*user&lt;1&gt;* broke one of your rules and needs a review.") },
        {
          type: "section",
          fields: [
            mrkdwn("*End user ID*\nuser&lt;1&gt;"),
            mrkdwn("*Heron ID*\neus_1"),
            mrkdwn("*Status*\nreview_required"),
          ],
        },
        context(`${CREATED_TEXT}  ·  \`end_user.review_required\``),
      ],
    });
  });

  test("lists what its meta holds too, which may name the rule", () => {
    const topic = "end_user.review_required";
    const fields = (data: unknown, meta: WebhookEvent["meta"]): unknown =>
      createCheckedMessage({ topic, data, meta }).blocks?.[2]?.["fields"];
    const both = [mrkdwn("*Heron ID*\neus_1"), mrkdwn("*Rule*\nincome")];
    expect(fields({ heron_id: "eus_1" }, { rule: "income" })).toEqual(both);
    expect(fields("text", { rule: "income" })).toEqual([mrkdwn("*Data*\ntext")]);
    expect(createCheckedMessage({ meta: { rule: "income" } })).toEqual(createCheckedMessage());
  });

  test.each([
    [{ heron_id: "eus_1" }, "eus_1"],
    [{ end_user_id: "", heron_id: "eus_1" }, "eus_1"],
    [{ end_user_id: 7, heron_id: "eus_1" }, "eus_1"],
    [{ end_user_id: null }, "An end user"],
    [{}, "An end user"],
    [null, "An end user"],
    ["text", "An end user"],
    [[], "An end user"],
  ])("of %j: %s", (data, who) => {
    expect(review(data).blocks?.[1]).toEqual({
      type: "section",
      text: mrkdwn(`*${who}* broke one of your rules and needs a review.`),
    });
  });
});
