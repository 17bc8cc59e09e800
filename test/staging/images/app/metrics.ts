/** What Prometheus reads at /metrics: requests, how long they took, and the database's health. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Database } from "../../../../source/practice/service/database.ts";

const BUCKETS_SECONDS = [0.005, 0.025, 0.1, 0.5, 2.5];

export interface Metrics {
  /** Counts what fails on the way to the database and back. */
  measured(database: Database): Database;
  watch(request: IncomingMessage, response: ServerResponse): void;
  /** Asks the database for a sign of life. */
  text(database: Database): Promise<string>;
}

export function createMetrics(): Metrics {
  const requests = new Map<string, number>();
  const buckets = BUCKETS_SECONDS.map(() => 0);
  let [count, seconds, errors] = [0, 0, 0];

  const counted = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      errors += 1;
      throw error;
    }
  };

  return {
    measured: (database) => ({
      query: (text, values) => counted(database.query(text, values)),
      transaction: (work) => counted(database.transaction(work)),
      close: () => database.close(),
    }),

    watch(request, response) {
      const started = performance.now();
      response.once("close", () => {
        const took = (performance.now() - started) / 1_000;
        const labels = `method="${request.method}",code="${response.statusCode}"`;
        requests.set(labels, (requests.get(labels) ?? 0) + 1);
        BUCKETS_SECONDS.forEach((limit, index) => {
          if (took <= limit) buckets[index] = (buckets[index] ?? 0) + 1;
        });
        count += 1;
        seconds += took;
      });
    },

    async text(database) {
      const up = await database.query("SELECT 1").then(
        () => 1,
        () => 0,
      );
      return `# TYPE ringrift_database_up gauge
ringrift_database_up ${up}
# TYPE ringrift_database_errors_total counter
ringrift_database_errors_total ${errors}
# TYPE http_requests_total counter
${[...requests].map(([labels, number]) => `http_requests_total{${labels}} ${number}\n`).join("")}# TYPE http_request_duration_seconds histogram
${BUCKETS_SECONDS.map((limit, index) => `http_request_duration_seconds_bucket{le="${limit}"} ${buckets[index]}\n`).join("")}http_request_duration_seconds_bucket{le="+Inf"} ${count}
http_request_duration_seconds_sum ${seconds}
http_request_duration_seconds_count ${count}
`;
    },
  };
}
