/** The synthesized template asks for something that the local run has no counterpart for. The message names it. */
export class TemplateError extends Error {
  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}
