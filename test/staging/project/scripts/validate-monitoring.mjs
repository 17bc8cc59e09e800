import { spawnSync } from "node:child_process";
import { check, finish } from "./check.mjs";

/** The programs that will read the files check them, from the image that the services run. */
function ask(program, ...words) {
  const mount = `${process.cwd()}/monitoring:/etc/monitoring:ro`;
  const { status, stdout, stderr } = spawnSync(
    "docker",
    [
      "run",
      "--rm",
      "--network=none",
      "--volume",
      mount,
      "restore-drill-staging/monitoring:1",
      program,
      ...words,
    ],
    { encoding: "utf8" },
  );
  process.stdout.write(stdout ?? "");
  process.stderr.write(stderr ?? "");
  check(status === 0, `${program} ${words.join(" ")}`);
}

ask("promtool", "check", "config", "/etc/monitoring/prometheus.yml");
ask("promtool", "check", "rules", "/etc/monitoring/alerts.yml");
ask("amtool", "check-config", "/etc/monitoring/alertmanager.yml");
finish("validate:monitoring");
