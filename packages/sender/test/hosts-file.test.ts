import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { HostsFile, parseHosts } from "../src/egress/hosts-file.ts";
import { createTempFolder } from "./temp-folder.ts";

test("names have all of their addresses, without comments, and whatever their case", () => {
  const text = [
    "127.0.0.1\tlocalhost",
    "::1 localhost ip6-localhost # loopback",
    "  10.0.0.7   Hook.Internal hook   hook",
    "10.0.0.8 hook.internal.\r",
    "10.0.0.8 hook",
    "#10.0.0.9 hook",
    "fe80::1%lo0 scoped",
    "not-an-address name",
    "300.1.1.1 name",
    "10.0.0.1",
    "",
  ].join("\n");
  expect(Object.fromEntries(parseHosts(text))).toEqual({
    localhost: ["127.0.0.1", "::1"],
    "ip6-localhost": ["::1"],
    "hook.internal": ["10.0.0.7", "10.0.0.8"],
    hook: ["10.0.0.7", "10.0.0.8"],
    scoped: ["fe80::1%lo0"],
  });
});

test("a changed file is read again after two seconds, and a missing one has no names", () => {
  const path = join(createTempFolder(), "hosts");
  const now = vi.spyOn(performance, "now").mockReturnValue(0);
  try {
    writeFileSync(path, "10.0.0.1 hook");
    const hosts = new HostsFile(path);
    expect(hosts.get("hook")).toEqual(["10.0.0.1"]);
    writeFileSync(path, "10.0.0.22 hook");
    expect(hosts.get("hook")).toEqual(["10.0.0.1"]);
    now.mockReturnValue(2000);
    expect(hosts.get("hook")).toEqual(["10.0.0.22"]);
    rmSync(path);
    now.mockReturnValue(4000);
    expect(hosts.get("hook")).toBeUndefined();
    writeFileSync(path, "10.0.0.3 hook");
    now.mockReturnValue(6000);
    expect(hosts.get("hook")).toEqual(["10.0.0.3"]);
  } finally {
    now.mockRestore();
  }
});
