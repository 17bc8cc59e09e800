import { spawnSync } from "node:child_process";
import { check, finish, readNames, readText } from "./check.mjs";

const hasPlugin = spawnSync("docker", ["compose", "version"]).status === 0;
const [program, ...first] = hasPlugin ? ["docker", "compose"] : ["docker-compose"];

function compose(...words) {
  const { status, stdout, stderr } = spawnSync(program, [...first, ...words], { encoding: "utf8" });
  check(
    status === 0,
    `${[program, ...first, ...words].join(" ")} ${status === 0 ? "" : stderr}`.trim(),
  );
  return stdout ?? "";
}

const services = compose("config", "--services").trim().split("\n");
for (const name of ["postgres", "app", "prometheus", "alertmanager"])
  check(services.includes(name), `there is a service ${name}`);

const text = readText("docker-compose.yml");
check(text.includes("./backups:/backups"), "./backups is mounted at /backups");
const known = new Set(readNames(".env.example"));
for (const name of new Set([...text.matchAll(/\$\{([A-Z_]+)/g)].map((match) => match[1])))
  check(known.has(name), `variable ${name} is in .env.example`);
check(!/^ *\w*PASSWORD: *(?!\$\{)\S/m.test(text), "no password is written down");
finish("validate:deployment");
