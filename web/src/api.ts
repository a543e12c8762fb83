// Questions to the server that served this page; the newest of a kind replaces one that waits.

export class Refusal extends Error {}

/** Ask one question. Throws a Refusal with the server's words. */
export async function ask<Answer>(question: Record<string, unknown>): Promise<Answer> {
  let answer: { error?: { reason: string } };
  try {
    const response = await fetch("ask", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(question),
    });
    answer = await response.json();
  } catch {
    throw new Refusal(
      "The designer has ended. Start `lrkit design` again; the link keeps the state.",
    );
  }
  if (answer.error !== undefined) throw new Refusal(answer.error.reason);
  return answer as Answer;
}

/** At most one question in flight and one waiting: a fast hand never builds a queue. */
export class Latest<Answer> {
  private busy = false;
  private waiting: Record<string, unknown> | null = null;

  constructor(
    private readonly done: (answer: Answer) => void,
    private readonly failed: (reason: string) => void,
    private readonly send: typeof ask<Answer> = ask,
  ) {}

  put(question: Record<string, unknown>): void {
    this.waiting = question;
    if (!this.busy) void this.run();
  }

  private async run(): Promise<void> {
    this.busy = true;
    while (this.waiting !== null) {
      const question = this.waiting;
      this.waiting = null;
      try {
        this.done(await this.send(question));
      } catch (error) {
        if (!(error instanceof Refusal)) {
          this.busy = false;
          throw error;
        }
        this.failed(error.message);
      }
    }
    this.busy = false;
  }
}
