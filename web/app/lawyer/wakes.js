// What makes a sound or a notification: offers ring until answered, deadlines fall in three tones, everything else taps.

/** Listens to a desk. `looking(number)` tells whether the lawyer has that talk before the eyes. */
export function wakes(desk, { bell, alerts, looking }) {
  desk.addEventListener('offer', () => alerts.notify('offer'));
  desk.addEventListener('heard', ({ detail }) => {
    if (looking(detail.number)) return;
    bell.tap();
    alerts.notify('heard');
  });
  desk.addEventListener('reminded', ({ detail: { kind } }) => {
    if (kind === 'deadline' || kind === 'callback') bell.remind();
    else bell.tap();
    alerts.notify(kind);
  });
}
