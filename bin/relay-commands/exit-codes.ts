/** The last line of each help text about a group of commands. */
export const exitCodes =
  '\nExit codes: 0 done; 1 not done, or not all of it; 2 wrong usage, or the relay could not be reached.';
