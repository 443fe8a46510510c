import type { InputRequiredResult } from '@modelcontextprotocol/server';

/** A question that the client has to put to the person; the call is then made again, with the answer. */
export class QuestionForPerson extends Error {
  readonly result: InputRequiredResult;

  constructor(result: InputRequiredResult) {
    super('the person has to be asked');
    this.result = result;
  }
}
