// What the consultation shows of promises, experts, refusals and call-backs (Art. 22-29).
export { calledBack, caseHelp, caseNumber, repeated } from './asked.js';
export { callback } from './callback.js';
export { correction } from './changed.js';
export { convertOffered, offlineEngagement } from './cards.js';
export { doubt, lookedAgain } from './doubted.js';
export { escalated } from './escalated.js';
export { listen, notified } from './notified.js';
export { rating } from './rated.js';
export { refusal } from './refused.js';
export { sentences } from './sentences.js';
