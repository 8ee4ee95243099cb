// Every sheet that may lie over the console, in one place; the console opens them by name.
import { html } from 'lit';
import { Plain } from '../staff/plain.js';
import './ask-sheet.js';
import './callbacks-sheet.js';
import './canned-sheet.js';
import './correct-sheet.js';
import './earlier.js';
import './escalate-sheet.js';
import './explain-sheet.js';
import './pool.js';
import './promise-sheet.js';
import './refuse-sheet.js';
import './sheets.js';
import './suggestions-sheet.js';
import './transfer-sheet.js';

export class ConsoleSheets extends Plain {
  static properties = { letters: { type: Boolean } };

  updated() {
    for (const open of this.querySelectorAll('callbacks-sheet, suggestions-sheet')) if (open.shown) open.requestUpdate();
  }

  render() {
    const { desk, canned, letters } = this;
    return html`<help-sheet ?letters=${letters}></help-sheet><close-sheet></close-sheet>
      <pool-sheet .desk=${desk}></pool-sheet><earlier-sheet .desk=${desk}></earlier-sheet><canned-sheet .canned=${canned}></canned-sheet>
      <callbacks-sheet .desk=${desk}></callbacks-sheet><suggestions-sheet .desk=${desk}></suggestions-sheet><promise-sheet .desk=${desk}></promise-sheet><ask-sheet .desk=${desk}></ask-sheet>
      <offline-sheet .desk=${desk}></offline-sheet><escalate-sheet .desk=${desk}></escalate-sheet><refuse-sheet .desk=${desk}></refuse-sheet>
      <explain-sheet .desk=${desk}></explain-sheet>
      <transfer-sheet .desk=${desk}></transfer-sheet><correct-sheet .desk=${desk}></correct-sheet>`;
  }
}
customElements.define('console-sheets', ConsoleSheets);
