import type { Explain } from './explainError.ts';
import type { Reason } from './reasons.ts';

const byReason: Partial<Record<Reason, Explain>> = {
  'd1-daily-rows': ({ name }) => ({
    code: 'limit-reached',
    what: `The free plan’s limit of rows for today is reached on ${name} (5 million read, 100,000 written). It resets at 00:00 UTC.`,
    nextStep: 'Try again after the reset; a paid Workers plan lifts the limit.',
  }),
  'd1-full': ({ name }) => ({
    code: 'storage-full',
    what: `D1 has no more room in ${name}: 500 MB in the free plan, 10 GB in the paid one.`,
    nextStep: 'Delete old memories for good, or change the plan. Nothing was stored.',
  }),
  'd1-too-big': ({ name }) => ({
    code: 'too-large',
    what: `A value is larger than the 2 MB that D1 takes in ${name}.`,
    nextStep: 'Store it in parts, or connect an R2 bucket for large content.',
  }),
  'd1-constraint': ({ name }) => ({
    code: 'conflict',
    what: `Another program changed ${name} in a way that this change does not fit.`,
    nextStep: 'Refresh and try again.',
  }),
  'd1-corrupt': ({ name }) => ({
    code: 'damaged',
    what: `A table of ${name} is damaged.`,
    nextStep: 'Run Verify and Repair, or restore it with D1 Time Travel in Cloudflare’s dashboard.',
  }),
  'd1-busy': ({ name }) => ({
    code: 'busy',
    what: `D1 is overloaded and did not serve ${name}.`,
    nextStep: 'Try again in a minute.',
  }),
  'd1-timeout': ({ name }) => ({
    code: 'busy',
    what: `D1 stopped a query of ${name} that took longer than its 30 s.`,
    nextStep: 'Ask for less at once and try again.',
  }),
  'd1-transient': ({ name }, { attempts }) => ({
    code: 'service-failed',
    what: `D1 lost the connection to ${name} ${attempts} times in a row.`,
    nextStep: 'Try again in a minute; www.cloudflarestatus.com tells of disturbances.',
  }),
  'd1-missing-table': ({ name }, { message }) => ({
    code: 'misconfigured',
    what: `A table or column is missing in ${name}: ${message}.`,
    nextStep: 'Run Reconnect: it adds what is missing and changes nothing else.',
  }),
};

/** D1 reports every error of SQLite under one code. */
export const explainSqlError: Explain = (resource, error) => {
  const explain = error.reason && byReason[error.reason];
  if (explain) return explain(resource, error);
  return {
    code: 'storage-failed',
    what: `D1 reported “${error.message}” on ${resource.name}.`,
    nextStep: 'Try again; if it stays so, run Copy Diagnostics and report it.',
  };
};
