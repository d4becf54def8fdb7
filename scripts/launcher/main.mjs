// @ts-check
import { Problem } from './problem.mjs';

/**
 * Runs a script's work; a problem is told in its own sentence, anything else with its stack.
 *
 * @param {() => Promise<number | void>} work gives the exit code; without one the process stays up if something keeps it
 */
export async function main(work) {
  try {
    const code = await work();
    if (typeof code === 'number') process.exit(code);
  } catch (error) {
    if (!(error instanceof Problem)) console.error(error);
    else {
      if (error.details !== '') console.error(error.details);
      console.error(error.message);
    }
    process.exit(1);
  }
}
