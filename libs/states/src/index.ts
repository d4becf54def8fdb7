/** State machines as data. */

/** Where something may go from each state. Whatever is not in the table does not happen. */
export type Transitions<State extends string> = Readonly<Record<State, readonly State[]>>;

/** The states from which `to` may be reached: the guard of every `UPDATE … WHERE state IN (…)`. */
export function sourcesOf<State extends string>(transitions: Transitions<State>, to: State): State[] {
  return (Object.keys(transitions) as State[]).filter((from) => transitions[from].includes(to));
}
