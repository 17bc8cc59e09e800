/**
 * The whole fault catalogue, on a private server: `npm run faults [-- NAME...]`, where a NAME is a
 * part of names to run. Exits 1 when a fault is missed or a healthy drill is not passed.
 */
import { postgres15Available } from "../helpers/postgres15.ts";
import { CATALOGUE } from "./catalogue/index.ts";
import { canMount } from "./catalogue/mount.ts";
import { labWork } from "./drill.ts";
import { HEALTHY } from "./healthy/index.ts";
import { type Judged, judgeFault, judgeHealthy } from "./judge.ts";
import { openLab } from "./lab.ts";
import { totalsTable, wrongOnes } from "./report.ts";

/** Drills at a time. */
const WORKERS = 2;

async function main(parts: readonly string[]): Promise<number> {
  if (!postgres15Available) {
    console.error("The fault catalogue needs PostgreSQL 15.");
    return process.env.REQUIRE_POSTGRES15 === "1" ? 1 : 0;
  }
  const chosen = <T extends { readonly name: string }>(some: readonly T[]) =>
    some.filter(({ name }) => parts.length === 0 || parts.some((part) => name.includes(part)));
  const mounts = canMount();
  const faults = chosen(CATALOGUE).filter((fault) => mounts || fault.needsMount === undefined);
  const left = chosen(CATALOGUE).length - faults.length;
  if (left > 0) console.warn(`${left} faults are left out: nothing can be mounted here.`);
  const healthy = chosen(HEALTHY);
  const since = performance.now();
  const lab = await openLab(labWork);
  try {
    const jobs = [
      ...faults.map((fault) => () => judgeFault(lab, fault)),
      ...healthy.map((drill) => () => judgeHealthy(lab, drill)),
    ];
    const judged = await inParallel(jobs);
    return report(judged, (performance.now() - since) / 1000);
  } finally {
    await lab.close();
  }
}

async function inParallel(jobs: readonly (() => Promise<Judged>)[]): Promise<readonly Judged[]> {
  const judged: Judged[] = [];
  const queue = [...jobs];
  const work = async () => {
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
      const since = performance.now();
      const one = await job();
      judged.push(one);
      const seconds = ((performance.now() - since) / 1000).toFixed(1);
      if (process.env.FAULTS_VERBOSE === "1") console.log(`${seconds} s\n${told(one)}`);
      if (judged.length % 25 === 0) console.error(`${judged.length} of ${jobs.length}`);
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
  return judged;
}

function told({ right, kind, name, told }: Judged): string {
  const said = told.slice(0, 4).map((line) => `    ${line.slice(0, 300)}`);
  return [`${right ? "right" : "WRONG"}  ${kind}  ${name}`, ...said].join("\n");
}

function report(judged: readonly Judged[], seconds: number): number {
  const wrong = judged.filter(({ right }) => !right);
  if (wrong.length > 0) console.log(`${wrongOnes(judged)}\n`);
  console.log(totalsTable(judged));
  console.log(`${judged.length} drills in ${Math.round(seconds)} s`);
  return wrong.length === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
