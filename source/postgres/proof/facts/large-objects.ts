/** Owners and grants of large objects; what they hold is compared elsewhere. */
import { owner } from "./fragments.ts";
import { privileges } from "./grants.ts";
import type { FactQuery } from "./types.ts";

/** Above that, they are told by owner and grants, and not one by one. */
const ONE_BY_ONE = 10_000;

const NOT_DEFAULT = `CASE WHEN m.lomacl IS NOT NULL
    AND ${privileges("m.lomacl", "m.lomowner")} <> ${privileges("acldefault('L', m.lomowner)", "m.lomowner")}
    THEN ${privileges("m.lomacl", "m.lomowner")} END`;

const MANY = `(SELECT count(*) > ${ONE_BY_ONE} FROM (SELECT FROM pg_largeobject_metadata LIMIT ${ONE_BY_ONE + 1}) m)`;

export const largeObjects: FactQuery = {
  about: "large objects",
  sql: () => `SELECT 'large object' AS kind, m.oid::text AS object,
  concat_ws(E'\\n', ${owner("m.lomowner")}, 'grants ' || ${NOT_DEFAULT}) AS definition
FROM pg_largeobject_metadata m WHERE NOT ${MANY}
UNION ALL
SELECT 'large objects', concat_ws(', ', ${owner("m.lomowner")}, 'grants ' || (${NOT_DEFAULT})),
  count(*) || ' objects, sum of numbers ' || sum(m.oid::bigint) || ', of squares ' || sum(m.oid::bigint::numeric ^ 2)
FROM pg_largeobject_metadata m WHERE ${MANY} GROUP BY 2`,
};
