/**
 * Speed, as ratios within one run: `npm run bench`. BENCH_GIGABYTES (default 1) sizes the database,
 * BENCH_ROUNDS (default 3) says how often each pair is run, BENCH_LINEAR (default 0.1,1) which sizes
 * show that the cost is linear, BENCH_WIDE_ROWS (default 10,000,000) the rows of the table in which
 * changed ones are looked for. BENCH_ONLY=postgres or compose runs that part alone. Exits 1 when a
 * limit is passed.
 */
import { formatBytes, formatCount } from "../../source/drill/units.ts";
import { postgres15Available, startPostgres15 } from "../helpers/postgres15.ts";
import { composeMissing, composeOverhead } from "./compose.ts";
import { drillOnce, runbookOnce } from "./drill.ts";
import { explainOnce } from "./explain.ts";
import { copyOnce, fingerprintOnce, SESSIONS } from "./fingerprint.ts";
import { inTurn, secondsOf, shown } from "./ratio.ts";
import { fillWorld, PASSWORD, sizeOf } from "./world.ts";

const LIMITS = { fingerprint: 1.6, drill: 1, memory: 200e6, explain: 2, compose: 1.05 };
const rounds = Number(process.env.BENCH_ROUNDS ?? 3);
const gigabytes = Number(process.env.BENCH_GIGABYTES ?? 1);
const wideRows = Number(process.env.BENCH_WIDE_ROWS ?? 10_000_000);
const linear = (process.env.BENCH_LINEAR ?? "0.1,1").split(",").map(Number);

async function postgresParts(): Promise<boolean> {
  if (!postgres15Available) {
    console.error("The bench needs PostgreSQL 15: apt-get install postgresql-15");
    return false;
  }
  const server = await startPostgres15({
    settings: { fsync: "on", shared_buffers: "256MB", max_wal_size: "4GB" },
  });
  try {
    await server.createRole("ringrift", PASSWORD, "CREATEDB");
    server.psql("CREATE ROLE ringrift_reporting NOLOGIN");
    await fillWorld(server, "bench", gigabytes);
    console.log(
      `database: ${formatBytes(sizeOf(server, "bench"))}, ${rounds} rounds after a warm-up`,
    );

    const reading = await inTurn(
      rounds,
      () => fingerprintOnce(server, "bench"),
      () => copyOnce(server, "bench"),
    );
    console.log(`fingerprint of one side, ${SESSIONS} sessions: ${shown(reading.ours)} s`);
    console.log(`COPY to /dev/null, ${SESSIONS} sessions:       ${shown(reading.theirs)} s`);
    console.log(`  ratio ${shown(reading.ratio)}, limit ${LIMITS.fingerprint}`);

    let memory = 0;
    const drilling = await inTurn(
      rounds,
      async () => {
        memory = Math.max(memory, (await drillOnce(server, "bench")).memory);
      },
      () => runbookOnce(server, "bench"),
    );
    console.log(`whole drill, directory backup, full proof: ${shown(drilling.ours)} s`);
    console.log(`the runbook's plain commands, no proof:    ${shown(drilling.theirs)} s`);
    console.log(`  ratio ${shown(drilling.ratio)}, limit ${LIMITS.drill}`);
    console.log(
      `memory of our process: ${formatBytes(memory)}, limit ${formatBytes(LIMITS.memory)}`,
    );

    const explaining = await explainOnce(server, wideRows);
    console.log(
      `three changed rows of ${formatCount(wideRows)} named in ${explaining.explain.toFixed(2)} s; fingerprint of one side ${explaining.fingerprint.toFixed(2)} s`,
    );
    const explainRatio = explaining.explain / explaining.fingerprint;
    console.log(`  ratio ${explainRatio.toFixed(2)}, limit ${LIMITS.explain}`);
    if (explaining.told.length !== 3) throw new Error(explaining.told.join("\n"));

    for (const size of linear) {
      const name = `linear_${String(size).replace(".", "_")}`;
      await fillWorld(server, name, size);
      const bytes = sizeOf(server, name);
      await fingerprintOnce(server, name);
      const seconds = await secondsOf(() => fingerprintOnce(server, name));
      console.log(
        `linear: ${formatBytes(bytes)} in ${seconds.toFixed(2)} s, ${((seconds / bytes) * 1e9).toFixed(2)} s a GB`,
      );
      server.psql(`DROP DATABASE ${name}`);
    }
    return (
      reading.ratio.median <= LIMITS.fingerprint &&
      drilling.ratio.median <= LIMITS.drill &&
      memory <= LIMITS.memory &&
      explainRatio <= LIMITS.explain
    );
  } finally {
    await server.stop();
  }
}

async function composePart(): Promise<boolean> {
  const missing = composeMissing();
  if (missing !== undefined) {
    console.error(`LEFT OUT: the overhead of a Compose drill, as ${missing}.`);
    return true;
  }
  const { ours, theirs, ratio } = await composeOverhead(rounds);
  console.log(`headless drill of the runbook's commands on a Compose stack: ${shown(ours)} s`);
  console.log(`the same commands as a shell script:                         ${shown(theirs)} s`);
  console.log(`  ratio ${shown(ratio, 3)}, limit ${LIMITS.compose}`);
  return ratio.median <= LIMITS.compose;
}

const PARTS = { postgres: postgresParts, compose: composePart };
const only = process.env.BENCH_ONLY;
for (const [name, part] of Object.entries(PARTS)) {
  if ((only ?? name) === name && !(await part())) process.exitCode = 1;
}
