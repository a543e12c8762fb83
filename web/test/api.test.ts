import { describe, expect, it, vi } from "vitest";

import { Latest, Refusal } from "../src/api";

/** Questions that are answered when the test says so. */
function slow() {
  const asked: {
    question: Record<string, unknown>;
    answer: (value: string) => void;
    refuse: () => void;
  }[] = [];
  const send = (question: Record<string, unknown>): Promise<string> =>
    new Promise((resolve, reject) =>
      asked.push({ question, answer: resolve, refuse: () => reject(new Refusal("no")) }),
    );
  return { asked, send };
}

describe("Latest", () => {
  it("asks one at a time, and of those that wait only the newest", async () => {
    const { asked, send } = slow();
    const done = vi.fn();
    const latest = new Latest<string>(done, vi.fn(), send);
    for (const n of [1, 2, 3]) latest.put({ n });
    expect(asked.map((one) => one.question.n)).toEqual([1]);
    asked[0]?.answer("a");
    await vi.waitFor(() => expect(asked.map((one) => one.question.n)).toEqual([1, 3]));
    asked[1]?.answer("b");
    await vi.waitFor(() => expect(done.mock.calls).toEqual([["a"], ["b"]]));
  });

  it("goes on after a refusal", async () => {
    const { asked, send } = slow();
    const [done, failed] = [vi.fn(), vi.fn()];
    const latest = new Latest<string>(done, failed, send);
    latest.put({ n: 1 });
    asked[0]?.refuse();
    await vi.waitFor(() => expect(failed).toHaveBeenCalledWith("no"));
    latest.put({ n: 2 });
    await vi.waitFor(() => expect(asked.length).toBe(2));
    asked[1]?.answer("b");
    await vi.waitFor(() => expect(done).toHaveBeenCalledWith("b"));
  });
});
