/** kind of an alert -> where on the page it is dealt with. */
export const places = { near: 'clocks', support: 'questions', abuse: 'abuse', appeal: 'appeals' };
