import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { replay } from "../../source/drill/evolve.ts";
import { waitingFor } from "../../source/drill/next.ts";
import { EMPTY_REPORT } from "../../source/drill/types.ts";
import type { StepRunContext } from "../../source/engine/ports.ts";
import { readJournal } from "../../source/journal/read.ts";
import { fail } from "../../source/problem.ts";
import { runStep } from "../helpers/checklist.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { engineOn, journalPath, newEngine, PASSED, resumedEngine } from "./scripted.ts";

const DATABASE = {
  id: "database:drill",
  kind: "database",
  label: "database drill",
  undo: { name: "drill" },
} as const;

const never = (context: StepRunContext) =>
  new Promise<
    typeof PASSED | { status: "interrupted"; report: typeof EMPTY_REPORT; reason: string }
  >((resolve) => {
    context.signal.addEventListener("abort", () =>
      resolve({
        status: "interrupted",
        report: EMPTY_REPORT,
        reason: String(context.signal.reason),
      }),
    );
  });

describe("the engine", () => {
  it("runs the steps in order and ends", async () => {
    const order: string[] = [];
    const note = (id: string) => async () => {
      order.push(id);
      return PASSED;
    };
    const { engine, start } = await newEngine(
      await journalPath(),
      { steps: { a: note("a"), b: note("b") } },
      runStep({ id: "a" }),
      runStep({ id: "b" }),
    );
    await start();
    await waitFor(() => expect(engine.state().phase).toBe("ended"));
    expect(order).toEqual(["a", "b"]);
    await engine.close("over");
  });

  it("has the intent on disk before a step, a command or a resource exists", async () => {
    const path = await journalPath();
    const seen: string[] = [];
    const look = async () => seen.push(await readFile(path, "utf8"));
    const script = {
      steps: {
        a: async (context: StepRunContext) => {
          await look();
          await context.command("createdb drill");
          await look();
          await context.register(DATABASE);
          await look();
          return PASSED;
        },
      },
    };
    const { engine, start } = await newEngine(path, script, runStep({ id: "a" }));
    await start();
    await waitFor(() => expect(engine.state().phase).toBe("ended"));
    expect(seen[0]).toContain('"step-started"');
    expect(seen[0]).not.toContain("createdb");
    expect(seen[1]).toContain("createdb drill");
    expect(seen[1]).not.toContain('"resource-registered"');
    expect(seen[2]).toContain('"resource-registered"');
    await engine.close("over");
  });

  it("undoes what was made, and again when asked after a failure", async () => {
    let tries = 0;
    const script = {
      steps: {
        a: async (context: StepRunContext) => {
          await context.register(DATABASE);
          return PASSED;
        },
      },
      undo: async () => {
        tries += 1;
        return tries === 1
          ? fail({ code: "failed" as const, message: "others are connected" })
          : { ok: true as const, value: "dropped" };
      },
    };
    const { engine, start } = await newEngine(await journalPath(), script, runStep({ id: "a" }));
    await start();
    await waitFor(() =>
      expect(waitingFor(engine.state())).toMatchObject({ kind: "cleanup-failed" }),
    );
    expect(engine.state().resources[0]?.problem).toBe("others are connected");
    await engine.dispatch({ type: "retry-cleanup", resource: DATABASE.id });
    await waitFor(() => expect(engine.state().phase).toBe("ended"));
    expect(engine.state().resources[0]).toMatchObject({ status: "released", reason: "dropped" });
    await engine.close("over");
  });

  it("stops the running step on abort and still cleans up", async () => {
    const script = {
      steps: {
        a: async (context: StepRunContext) => {
          await context.register(DATABASE);
          return never(context);
        },
      },
    };
    const { engine, start } = await newEngine(
      await journalPath(),
      script,
      runStep({ id: "a" }),
      runStep({ id: "b" }),
    );
    await start();
    await waitFor(() => expect(engine.state().resources).toHaveLength(1));
    await engine.dispatch({ type: "abort", reason: "wrong database" });
    await waitFor(() => expect(engine.state().phase).toBe("ended"));
    expect(engine.state().steps.a?.state).toMatchObject({ status: "interrupted" });
    expect(engine.state().steps.b?.state).toMatchObject({ by: "not-reached" });
    expect(engine.state().resources[0]?.status).toBe("released");
    await engine.close("over");
  });

  it("leaves an interrupted step interrupted when closed, and goes on after resuming", async () => {
    const path = await journalPath();
    const { engine, start } = await newEngine(path, { steps: { a: never } }, runStep({ id: "a" }));
    await start();
    await waitFor(() => expect(engine.state().steps.a?.state.status).toBe("running"));
    await engine.close("SIGTERM");
    const resumed = await resumedEngine(path, { steps: {} });
    expect(resumed.state().steps.a?.state).toMatchObject({ status: "interrupted" });
    await resumed.dispatch({ type: "resume-drill", operator: "Kim" });
    await resumed.dispatch({ type: "retry-step", step: "a" });
    await waitFor(() => expect(resumed.state().phase).toBe("ended"));
    await resumed.close("over");
    const read = await readJournal(path);
    expect(read.ok && replay(read.value.events)).toEqual(resumed.state());
  });

  it("does nothing more once the journal cannot be written", async () => {
    let ran = false;
    let writes = 0;
    const full = { code: "unusable" as const, message: "No space left on device." };
    const journal = {
      append: async () => {
        writes += 1;
        return writes > 1 ? fail(full) : { ok: true as const, value: undefined };
      },
      close: async () => undefined,
    };
    const steps = {
      a: async () => {
        ran = true;
        return PASSED;
      },
    };
    const engine = engineOn(journal, { steps });
    const { checklistOf, headerOf } = await import("../helpers/checklist.ts");
    const drill = headerOf(checklistOf(runStep({ id: "a" })));
    await engine.begin({ type: "start-drill", drill, values: {}, notApplicable: {}, skips: {} });
    await waitFor(() => expect(engine.fatal).toEqual([full]));
    await engine.close("over");
    expect(ran).toBe(false);
    expect(engine.state().steps.a).toBeUndefined();
  });
});
