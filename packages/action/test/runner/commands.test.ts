import { describe, expect, test } from "vitest";
import { commandNames, parseCommand } from "./commands.ts";
import { runLines, runScript } from "./run-script.ts";

const known = new Set(commandNames);

function parsed(line: string): readonly [string, Record<string, string>, string] | null {
  const command = parseCommand(line, known);
  return command === null ? null : [command.name, Object.fromEntries(command.properties), command.data];
}

describe("the grammar", () => {
  test.each<[string, ReturnType<typeof parsed>]>([
    ["::error::x", ["error", {}, "x"]],
    ["\t \u00a0\u0085::ERROR ::x::y", ["ERROR", {}, "x::y"]],
    ["::error file=a,Line=1::x", ["error", { file: "a", line: "1" }, "x"]],
    [
      "::error title=a%2Cb%3A%250A=c,,file=,=x::m%0Dn%0Ao%250Ap%3A",
      ["error", { title: "a,b:%0A=c" }, "m\rn\no%0Ap%3A"],
    ],
    ["::error title==a==b,==c,col===3::x", ["error", { title: "a==b", col: "3" }, "x"]],
    ["::error title=a%0a::%0d", ["error", { title: "a%0a" }, "%0d"]],
    ["::set-output name=a::", ["set-output", { name: "a" }, ""]],
    ["text ::error::x", null],
    ["::error", null],
    ["::unknown::x", null],
    ["::err or::x", null],
    ["\ufeff::error::x", null],
    ["text ##[error]x", ["error", {}, "x"]],
    ["##[ERROR title=a;file=b]x%3B%5D%250A%0A", ["ERROR", { title: "a", file: "b" }, "x;]%0A\n"]],
    ["::unknown::##[warning]x", ["warning", {}, "x"]],
    ["##[section]x ##[error]y", null],
    ["##[error", null],
    ["# #[error]x", null],
  ])("%j", (line, expected) => {
    expect(parsed(line)).toEqual(expected);
  });
});

describe("lines", () => {
  test("both streams are parsed, whatever their chunks", async () => {
    const { annotations, log, rawOutput } = await runScript(`
      const write = (stream, text) => new Promise((done) => stream.write(text, done));
      await write(process.stdout, "::err");
      await write(process.stderr, "::warning::two\\n");
      await write(process.stdout, "or::one\\r");
      await write(process.stdout, "\\n::notice::three\\r::notice::fo");
      await write(process.stdout, Buffer.from("ür").subarray(0, 1));
      await write(process.stdout, Buffer.from("ür").subarray(1));
      await write(process.stderr, "last");`);
    expect(annotations.map(({ level, message }) => `${level} ${message}`).sort()).toEqual([
      "error one",
      "notice foür",
      "notice three",
      "warning two",
    ]);
    expect(log).toContain("##[error]one");
    expect(log.split("\n")).toContain("last");
    expect(rawOutput).toContain("::warning::two");
  });

  test("an unknown command is text, and so is what looks like the runner's own marks", async () => {
    const { log, annotations } = await runLines([
      "::unknown a=b::c",
      "",
      "x ##[start-action a]",
      "##[section]y",
    ]);
    expect(log.split("\n").slice(-4)).toEqual([
      "::unknown a=b::c",
      "",
      "x ##[\\start-action a]",
      "##[section]y",
    ]);
    expect(annotations).toEqual([]);
  });
});

describe("annotations", () => {
  test("have their properties, are masked, and are cut at 4096 characters", async () => {
    const { annotations, log } = await runLines([
      "::add-mask::sesame",
      "::error title=A sesame,file=a.js,line=3::open sesame%0Aand more",
      `::warning::${"é".repeat(5000)}`,
      "##[notice]as well",
    ]);
    expect(annotations).toEqual([
      {
        level: "error",
        message: "open ***\nand more",
        title: "A sesame",
        properties: { title: "A sesame", file: "a.js", line: "3" },
      },
      { level: "warning", message: "é".repeat(4096), properties: {} },
      { level: "notice", message: "as well", properties: {} },
    ]);
    expect(log).toContain("##[error]open ***\nand more\n##[warning]éé");
    expect(log).not.toContain("sesame");
  });

  test("are the first ten of a level; the log has them all", async () => {
    const lines = Array.from({ length: 12 }, (_, index) => `::error::number ${index}`);
    const { annotations, log } = await runLines([...lines, "::warning::w"]);
    expect(annotations).toHaveLength(11);
    expect(log).toContain("##[error]number 11");
  });
});

describe("debug", () => {
  test("is kept line by line, and shown where step debugging is on", async () => {
    const lines = ["::add-mask::sesame", "::debug::one%0D%0Asesame"];
    const off = await runLines(lines);
    expect(off.debug.slice(0, 2)).toEqual(["one", "***"]);
    expect(off.log).not.toContain("one");
    expect((await runLines(lines, { debug: true })).log).toContain("##[debug]one\n##[debug]***");
  });
});

describe("groups", () => {
  test("hold their lines, and do not nest", async () => {
    const { groups, log } = await runLines([
      "::group::A",
      "a",
      "::group::B",
      "b",
      "::endgroup::x",
      "c",
      "##[group]D",
    ]);
    expect(groups).toEqual([
      { title: "A", lines: ["a"] },
      { title: "B", lines: ["b"] },
      { title: "D", lines: [] },
    ]);
    expect(log).toContain("##[group]A\na\n##[group]B\nb\n##[endgroup]\nc\n##[group]D");
  });
});

describe("stop-commands", () => {
  test("makes commands text until its token comes", async () => {
    const { annotations, log } = await runLines([
      "::stop-commands::resume-5f3c",
      "::error::one",
      "x ##[error]two",
      "::stop-commands::other",
      "::RESUME-5f3c::",
      "::resume-5f3c::",
      "::error::three",
    ]);
    expect(annotations.map(({ message }) => message)).toEqual(["three"]);
    expect(log).toContain(
      "::stop-commands::***\n::error::one\nx ##[error]two\n::stop-commands::other\n::RESUME-5f3c::",
    );
  });

  test.each(["", "error", "pause-logging"])(
    "with the token %j fails the step and ends its log",
    async (token) => {
      const { annotations, conclusion, exitCode, log } = await runLines([
        `::stop-commands::${token}`,
        "later",
      ]);
      expect({ conclusion, exitCode }).toEqual({ conclusion: "failure", exitCode: 0 });
      expect(annotations).toMatchObject(
        [{ level: "error", message: /^You cannot use a endToken/ }].map(() => ({})),
      );
      expect(annotations[0]?.message).toMatch(/^You cannot use a endToken/);
      expect(log).not.toContain("later");
    },
  );
});

describe("echo", () => {
  test("prints commands from then on, but for those that print themselves or hold secrets", async () => {
    const { log } = await runLines([
      "::echo::ON",
      "::group::A",
      "::add-mask::sesame",
      "::debug::sesame",
      "::echo::off",
      "::endgroup::",
    ]);
    expect(log).toContain("::group::A\n##[group]A\n::add-mask::***\n::echo::off\n##[endgroup]");
  });

  test.each(["", "maybe"])("with %j fails the step", async (value) => {
    const { annotations, conclusion } = await runLines([`::echo::${value}`]);
    expect(conclusion).toBe("failure");
    expect(annotations[0]?.message).toBe(`Unable to process command '::echo::${value}' successfully.`);
    expect(annotations).toHaveLength(2);
  });
});

describe("commands of another time", () => {
  test("set-output and save-state work, with a warning", async () => {
    const { annotations, outputs, state, conclusion } = await runLines([
      "::set-output name=a::1%0A2",
      "##[save-state name=s]x",
    ]);
    expect({ outputs, state, conclusion }).toEqual({
      outputs: { a: "1\n2" },
      state: { s: "x" },
      conclusion: "success",
    });
    expect(annotations.map(({ level, message }) => [level, message.slice(0, 36)])).toEqual([
      ["warning", "The `set-output` command is deprecat"],
      ["warning", "The `save-state` command is deprecat"],
    ]);
  });

  test("without a name they fail the step", async () => {
    const { annotations, conclusion } = await runLines(["::set-output::x"]);
    expect(conclusion).toBe("failure");
    expect(annotations.at(-1)?.message).toBe("Required field 'name' is missing in ##[set-output] command.");
  });

  test.each(["::set-env name=A::b", "::add-path::/bin", "::add-matcher::m.json"])(
    "%s fails the step",
    async (line) => {
      const { annotations, conclusion, exportedEnv, exitCode } = await runLines([line]);
      expect({ conclusion, exitCode, exportedEnv }).toEqual({
        conclusion: "failure",
        exitCode: 0,
        exportedEnv: {},
      });
      expect(annotations[0]).toMatchObject({
        level: "error",
        message: `Unable to process command '${line}' successfully.`,
      });
    },
  );
});
