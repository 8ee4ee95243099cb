// The widget's loader: <script src="https://HOST/widget.js" async></script> on any page. It puts up one button, and at the first
// press a frame from HOST, the very host this file came from; nothing on the page around it can name another one. What is
// said in the frame stays there: through the wall come only "close" and the number of unread lines.
(() => {
  const tag = document.currentScript;
  if (!tag?.src) return;
  const host = new URL(tag.src).origin;
  if (window[Symbol.for(host)]) return; // the tag stands twice on the page
  window[Symbol.for(host)] = true;

  const english = /^en/i.test(document.documentElement.lang || navigator.language);
  const [ASK, CLOSE, UNREAD] = english ? ['Legal advice', 'Close legal advice', ' unread'] : ['法律咨询', '关闭法律咨询', ' 条未读'];
  const CSS = `
:host{all:initial}
*{box-sizing:border-box}
button{font:600 1rem/1.2 system-ui,-apple-system,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;cursor:pointer;border:0}
button:focus-visible{outline:3px solid #0a58c2;outline-offset:2px;box-shadow:0 0 0 2px #fff}
.ask{position:fixed;right:max(1rem,env(safe-area-inset-right));bottom:max(1rem,env(safe-area-inset-bottom));z-index:2147483646;min-height:3rem;padding:.75rem 1.25rem;border-radius:2rem;background:#1d4f7c;color:#fff;box-shadow:0 4px 16px #0005}
.ask b{margin-left:.5rem;padding:.1em .5em;border-radius:1em;background:#fff;color:#a1232a}
.ask b:empty{display:none}
.box{position:fixed;right:1rem;bottom:1rem;z-index:2147483647;width:26rem;max-width:calc(100vw - 2rem);height:44rem;max-height:calc(100vh - 2rem);border-radius:.875rem;overflow:hidden;background:Canvas;box-shadow:0 8px 40px #0006;border:1px solid #8886}
iframe{width:100%;height:100%;border:0;display:block}
.close{position:absolute;top:.5rem;right:.5rem;width:2.75rem;height:2.75rem;border-radius:50%;background:#1d4f7c;color:#fff;font-size:1.375rem}
[hidden]{display:none!important}
@media (max-width:40rem),(max-height:30rem){.box{inset:0;width:auto;height:auto;max-width:none;max-height:none;border:0;border-radius:0}}
@media (forced-colors:active){.ask,.close{border:1px solid}}
@media print{.ask,.box{display:none}}`;

  const make = (name, given = {}) => Object.assign(document.createElement(name), given);
  const root = make('div');
  const shadow = root.attachShadow({ mode: 'closed', delegatesFocus: true });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS);
  shadow.adoptedStyleSheets = [sheet];

  const ask = make('button', { type: 'button', className: 'ask', textContent: ASK, ariaHasPopup: 'dialog', ariaExpanded: 'false' });
  const count = make('b');
  ask.append(count);
  const box = make('div', { className: 'box', hidden: true, role: 'dialog', ariaLabel: ASK });
  const close = make('button', { type: 'button', className: 'close', textContent: '×', ariaLabel: CLOSE });
  shadow.append(ask, box);
  let frame = null;
  let loaded = false;
  let before = '';

  const tell = (word) => loaded && frame.contentWindow.postMessage(word, host);
  const phone = () => matchMedia('(max-width:40rem),(max-height:30rem)').matches;

  function show() {
    if (!frame) {
      frame = make('iframe', { title: ASK, allow: 'clipboard-write', referrerPolicy: 'no-referrer' });
      frame.onload = () => { loaded = true; tell(box.hidden ? 'consult:closed' : 'consult:opened'); };
      frame.src = `${host}/consult?frame=1&lang=${english ? 'en' : 'zh'}`;
      box.append(frame, close);
    }
    box.hidden = false;
    ask.hidden = true;
    ask.ariaExpanded = 'true';
    if (phone()) {
      before = document.documentElement.style.overflow;
      document.documentElement.style.overflow = 'hidden'; // the page behind stands still
    }
    tell('consult:opened');
    frame.focus();
  }

  function hide() {
    if (box.hidden) return;
    box.hidden = true;
    ask.hidden = false;
    ask.ariaExpanded = 'false';
    document.documentElement.style.overflow = before;
    tell('consult:closed');
    ask.focus();
  }

  ask.onclick = show;
  close.onclick = hide;
  addEventListener('keydown', (event) => event.key === 'Escape' && !event.isComposing && hide());
  addEventListener('message', ({ origin, source, data }) => {
    if (!frame || origin !== host || source !== frame.contentWindow || typeof data !== 'object' || !data) return;
    if (data.consult === 'close') hide();
    if (data.consult === 'unread') {
      const n = Math.min(Math.max(0, data.count | 0), 99);
      count.textContent = n || '';
      ask.ariaLabel = n ? `${ASK}, ${n}${UNREAD}` : ASK;
    }
  });

  const put = () => document.body.append(root);
  if (document.body) put();
  else addEventListener('DOMContentLoaded', put);
})();
