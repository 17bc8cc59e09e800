/** A part of the fault catalogue that is quick; `npm run faults` runs all of it. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgres15Available } from "../helpers/postgres15.ts";
import { CATALOGUE } from "./catalogue/index.ts";
import { labWork } from "./drill.ts";
import { HEALTHY } from "./healthy/index.ts";
import { judgeFault, judgeHealthy } from "./judge.ts";
import { type Lab, openLab } from "./lab.ts";
import { TRAPS } from "./traps.ts";

const FAULTS = [
  "dump: cut to a tenth",
  "dump: a member lost a row",
  "file: cut at a line end within COPY",
  "file: directory: a member emptied",
  "restore: error swallowed",
  "row lost",
  "index invalid",
  "function's body changed",
  "sequence set back by one",
];
const DRILLS = ["everything, plain", "under load: everything, directory"];

it("has enough faults and healthy drills, each with a name of its own", () => {
  const names = [...CATALOGUE, ...HEALTHY].map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(CATALOGUE.length).toBeGreaterThanOrEqual(150);
  expect(HEALTHY.length).toBeGreaterThanOrEqual(30);
  expect(HEALTHY.filter(({ load }) => load !== undefined).length).toBeGreaterThanOrEqual(10);
});

it("has a fault or a healthy drill for every trap", () => {
  const names = new Set([...CATALOGUE, ...HEALTHY].map(({ name }) => name));
  const unknown = Object.values(TRAPS)
    .flat()
    .filter((name) => !names.has(name));
  expect(unknown).toEqual([]);
  expect(Object.values(TRAPS).every((some) => some.length > 0)).toBe(true);
});

describe.runIf(postgres15Available)("the fault catalogue", () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await openLab(labWork);
  });
  afterAll(() => lab?.close());

  it.each(FAULTS)("is noticed by name: %s", async (name) => {
    const fault = CATALOGUE.find((one) => one.name === name);
    if (fault === undefined) throw new Error(`no such fault: ${name}`);
    expect(await judgeFault(lab, fault)).toMatchObject({ right: true });
  });

  it.each(DRILLS)("raises no false alarm: %s", async (name) => {
    const drill = HEALTHY.find((one) => one.name === name);
    if (drill === undefined) throw new Error(`no such drill: ${name}`);
    const { right, told } = await judgeHealthy(lab, drill);
    expect(right, told.join("\n")).toBe(true);
  });
});
