import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { composeMarker } from "../../../../source/postgres/marker.ts";
import { compareFacts } from "../../../../source/postgres/proof/facts/compare-facts.ts";
import { postgres15Available } from "../../../helpers/postgres15.ts";
import { type FactsLab, openFactsLab } from "./facts-lab.ts";

/** What a dump leaves out, or a restore brings along, without any fault of either. */
describe.runIf(postgres15Available)("a healthy restore", () => {
  let lab: FactsLab;

  beforeAll(async () => {
    lab = await openFactsLab();
  });
  afterAll(() => lab.close());

  async function compared(name: string, sql: string) {
    lab.server.createDatabase(name);
    lab.server.psql(sql, name);
    lab.restore(name, `${name} restored`);
    const primary = await lab.read(name);
    const restored = await lab.read(`${name} restored`);
    return { ...compareFacts(primary.facts, restored.facts), uncovered: primary.uncovered };
  }

  it("warns of what a dump leaves out", async () => {
    const { differences, warnings, uncovered } = await compared(
      "leaves out",
      `CREATE TABLE a (id int PRIMARY KEY, b text);
       CREATE TABLE r (id int REFERENCES a);
       CREATE INDEX broken ON a (b);
       UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'broken'::regclass;
       ALTER TABLE r DISABLE TRIGGER ALL;
       CREATE SUBSCRIPTION follows CONNECTION 'host=nowhere password=hunter2' PUBLICATION p
         WITH (connect = false, slot_name = none);`,
    );
    expect(differences).toEqual([]);
    expect(warnings.toSorted()).toEqual([
      expect.stringMatching(/^disabled foreign-key triggers public\.r: r_id_fkey disabled/u),
      expect.stringMatching(
        /^index public\.broken: CREATE INDEX .* invalid on the primary, missing/u,
      ),
      "subscription follows: disabled on the primary, missing in the restored database",
    ]);
    expect(uncovered).toContain("subscriptions, which a drill does not restore: follows");
    expect(JSON.stringify([warnings, uncovered])).not.toContain("hunter2");
  });

  it("warns of collations whose library has changed under the primary", async () => {
    const { differences, warnings } = await compared(
      "collations",
      `CREATE COLLATION numbers (provider = icu, locale = 'en-u-kn-true');
       UPDATE pg_collation SET collversion = '1.0' WHERE collname = 'numbers';`,
    );
    expect(differences).toEqual([]);
    expect(warnings).toEqual([
      expect.stringMatching(
        /^outdated collation public\.numbers: made with collation version 1\.0, the server has/u,
      ),
    ]);
  });

  it("warns when it is on a server that sorts differently", async () => {
    lab.server.createDatabase("sorts");
    lab.server.psql("CREATE COLLATION sorts (provider = icu, locale = 'de')", "sorts");
    const { facts } = await lab.read("sorts");
    const elsewhere = { ...facts, "collation version": { "public.sorts": "999" } };
    const { differences, warnings } = compareFacts(facts, elsewhere);
    expect(differences).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining("999 in the restored database")]);
  });

  it("warns of what every new database has", async () => {
    const { differences, warnings } = await compared(
      "without",
      "DROP SCHEMA public; DROP EXTENSION plpgsql; CREATE SCHEMA other; CREATE TABLE other.t ()",
    );
    expect(differences).toEqual([]);
    expect(warnings.toSorted()).toEqual([
      expect.stringContaining("extension plpgsql"),
      expect.stringContaining("schema public"),
    ]);
  });

  it("brings a public schema back that was made anew", async () => {
    const anew = await compared(
      "anew",
      "DROP SCHEMA public; CREATE SCHEMA public; CREATE TABLE public.t ()",
    );
    expect(anew).toMatchObject({ differences: [], warnings: [] });
  });

  it("is equal in what a server prints anew", async () => {
    const { differences, warnings } = await compared(
      "printed",
      `CREATE TABLE t (s varchar(9) CHECK (s NOT IN ('a', 'b''])::text[]', NULL)), c char(3) CHECK (c IN ('x', 'y')),
         n numeric CHECK (n IN (1, 2.5)), a varchar[] CHECK (a <@ ARRAY['a', 'b']::varchar[]),
         d date DEFAULT '2020-02-29', i interval DEFAULT '1 day -2 hours', f float8 DEFAULT 'NaN', j int DEFAULT -1,
         b bytea DEFAULT '\\x00', g text GENERATED ALWAYS AS (CASE WHEN s IN ('a', 'b') THEN 'x' ELSE 'y' END) STORED);
       CREATE VIEW v AS SELECT s IN ('a', 'b') AS known, (ARRAY['a'::varchar, s])::text[] AS list FROM t
         WHERE s BETWEEN 'a' AND 'c' OR (c = 'x' AND (n > 1 AND j < 3)) ORDER BY s COLLATE "C";
       CREATE MATERIALIZED VIEW m AS SELECT * FROM v WHERE known WITH NO DATA;
       CREATE INDEX e ON t ((s IN ('a', 'b'))) WHERE s NOT IN ('q', 'r');
       CREATE RULE r AS ON INSERT TO t WHERE NEW.s IN ('a', 'b') DO ALSO NOTHING;
       CREATE TABLE p (s varchar) PARTITION BY LIST (s);
       CREATE TABLE p1 PARTITION OF p FOR VALUES IN ('a', 'b');`,
    );
    expect({ differences, warnings }).toEqual({ differences: [], warnings: [] });
  });

  it("is equal for partitions, inheritance and what refers to them, whatever was renamed", async () => {
    const { differences, warnings } = await compared(
      "partitions",
      `CREATE TABLE p (id int, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
       CREATE TABLE p2 (at date NOT NULL, gone int, id int NOT NULL);
       ALTER TABLE p2 DROP gone;
       CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
       CREATE TABLE r (id int, at date, CONSTRAINT fk FOREIGN KEY (id, at) REFERENCES p) PARTITION BY HASH (id);
       CREATE TABLE r0 PARTITION OF r FOR VALUES WITH (MODULUS 2, REMAINDER 0);
       CREATE TABLE r1 PARTITION OF r FOR VALUES WITH (MODULUS 2, REMAINDER 1);
       ALTER TABLE p ATTACH PARTITION p2 FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
       CREATE INDEX by_at ON p (at);
       ALTER TABLE p1 RENAME TO older; ALTER INDEX p1_at_idx RENAME TO "Other";
       CREATE TABLE detached (LIKE p INCLUDING ALL);
       CREATE TABLE base (a int CONSTRAINT odd CHECK (a > 0), b int);
       CREATE TABLE second (s text);
       CREATE TABLE child (z int) INHERITS (base, second);
       ALTER TABLE base ADD late text DEFAULT 'x';
       ALTER TABLE child ALTER late SET DEFAULT 'y', ALTER b SET NOT NULL;
       ALTER TABLE base RENAME a TO renamed;`,
    );
    expect({ differences, warnings }).toEqual({ differences: [], warnings: [] });
  });

  it("is equal when default privileges came before or after the objects", async () => {
    lab.server.psql("CREATE ROLE later; CREATE ROLE owns");
    const { differences, warnings } = await compared(
      "privileges",
      `ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO later;
       ALTER DEFAULT PRIVILEGES REVOKE ALL ON TYPES FROM PUBLIC;
       ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO later;
       CREATE TYPE span AS RANGE (subtype = float8); CREATE TYPE e AS ENUM ('a');
       CREATE TABLE early (id serial); ALTER TABLE early OWNER TO owns;
       ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM later;
       CREATE EXTENSION hstore; CREATE TABLE late (h hstore);
       REVOKE ALL ON late FROM postgres; GRANT SELECT (h) ON late TO PUBLIC;
       GRANT SELECT ON pg_catalog.pg_authid TO later; REVOKE SELECT ON pg_catalog.pg_roles FROM PUBLIC;`,
    );
    expect({ differences, warnings }).toEqual({ differences: [], warnings: [] });
  });

  it("is not mistaken for its marker", async () => {
    const marker = composeMarker({
      drill: "d",
      madeAt: "t",
      primary: "m",
      primaryComment: "of the\nboss",
    });
    for (const name of ["marked", "marked restored"]) lab.server.createDatabase(name);
    lab.server.psql("COMMENT ON DATABASE marked IS E'of the\\nboss'");
    lab.server.psql(
      `COMMENT ON DATABASE "marked restored" IS E'${marker.replaceAll("\\", "\\\\")}'`,
    );
    const [primary, restored] = [await lab.read("marked"), await lab.read("marked restored")];
    expect(primary.facts.database?.comment).toBe("of the\nboss");
    expect(compareFacts(primary.facts, restored.facts)).toEqual({ differences: [], warnings: [] });
  });
});
