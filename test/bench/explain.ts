/** How long it takes to name three changed rows of a large table, against reading one side of it. */

import { rowDifferences } from "../../source/postgres/proof/compare-rows.ts";
import { explainRows } from "../../source/postgres/proof/explain.ts";
import type { Postgres15 } from "../helpers/postgres15.ts";
import { readSide, withCrews } from "./fingerprint.ts";
import { secondsOf } from "./ratio.ts";

export interface Explaining {
  readonly fingerprint: number;
  readonly explain: number;
  readonly told: readonly string[];
}

const CHANGED_SHARES = [0.001, 0.5, 0.9];

export async function explainOnce(server: Postgres15, rows: number): Promise<Explaining> {
  const changed = CHANGED_SHARES.map((share) => Math.ceil(rows * share));
  server.createDatabase("wide_primary", "ringrift");
  server.psql(
    `SET ROLE ringrift; CREATE TABLE wide (id int PRIMARY KEY, score int, note text);
     INSERT INTO wide SELECT i, i % 1000, 'note ' || i FROM generate_series(1, ${rows}) i`,
    "wide_primary",
  );
  server.psql("VACUUM ANALYZE", "wide_primary");
  server.psql("CREATE DATABASE wide_restored TEMPLATE wide_primary STRATEGY file_copy");
  server.psql(`UPDATE wide SET score = -1 WHERE id IN (${changed.join(", ")})`, "wide_restored");
  try {
    return await withCrews(server, ["wide_primary", "wide_restored"], async ([left, right]) => {
      const primary = await readSide(left);
      let restored = primary;
      const fingerprint = await secondsOf(async () => {
        restored = await readSide(right);
      });
      const [difference] = rowDifferences(primary.tables, restored.tables);
      const shape = [...restored.shapes.values()][0];
      const [one, other] = [right[0], left[0]];
      if (!difference || !shape || !one || !other) throw new Error("The change was not noticed.");
      let told: readonly string[] = [];
      const explain = await secondsOf(async () => {
        const found = await explainRows(
          { restored: one, primary: other },
          { schema: "public", name: "wide", shape },
          difference,
        );
        if (!found.ok) throw new Error(found.problem.message);
        told = found.value.differences.map(({ object, observed }) => `${object}: ${observed}`);
      });
      return { fingerprint, explain, told };
    });
  } finally {
    server.psql("DROP DATABASE wide_restored");
    server.psql("DROP DATABASE wide_primary");
  }
}
