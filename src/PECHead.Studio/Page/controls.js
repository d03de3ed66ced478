// Controls with their labels: what a mouse can do, the keyboard can.
export const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name in element && name !== 'list' && name !== 'role') element[name] = value;
    else if (value !== null) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
};

export const words = name => {
  const text = name.replaceAll('_', ' ').replaceAll('-', ' ');
  return text[0].toUpperCase() + text.slice(1);
};

// A value that a control can have: no wild one of a link, and no more decimals than are seen in a picture.
export const within = ({ least, most }, value) => Math.min(most, Math.max(least, Number((Number(value) || 0).toFixed(4))));

let made = 0;

export const slider = ({ name, label = words(name), least, most, step, rest, meaning = '' }, changed) => {
  const id = `slider-${++made}`;
  const range = make('input', { type: 'range', id, min: least, max: most, step, title: meaning });
  range.dataset.name = name;
  const number = make('input', { type: 'number', min: least, max: most, step, 'aria-label': `${label}, as a number` });
  const part = value => (Math.min(most, Math.max(least, value)) - least) / (most - least);
  // The bar is filled from where the slider rests.
  const fill = () => {
    const [from, to] = [part(rest), part(Number(range.value))].sort((a, b) => a - b);
    for (const [key, value] of Object.entries({ rest: part(rest), from, to })) range.style.setProperty(`--${key}`, value);
  };
  const show = value => { range.value = value; number.value = Number(Number(value).toFixed(2)); fill(); };
  const take = value => {
    const kept = within({ least, most }, value);
    changed(name, kept);
    return kept;
  };
  range.addEventListener('input', () => { number.value = range.value; fill(); take(range.value); });
  number.addEventListener('change', () => show(take(number.value)));
  range.addEventListener('dblclick', () => show(take(rest)));
  show(rest);
  return { element: make('div', { className: 'slider' }, make('label', { htmlFor: id }, label), range, number), show };
};

export const check = (label, checked, changed, attributes = {}) => {
  const box = make('input', { type: 'checkbox', checked });
  box.addEventListener('change', () => changed(box.checked));
  return make('label', { className: 'check', ...attributes }, box, label);
};

export const choice = (label, options, value, changed) => {
  const id = `choice-${++made}`;
  const select = make('select', { id }, ...options.map(option => make('option', { value: option, selected: option === value }, words(option))));
  select.addEventListener('change', () => changed(select.value));
  return make('div', { className: 'field' }, make('label', { htmlFor: id }, label), select);
};

export const button = (label, pressed, attributes = {}) => {
  const element = make('button', { type: 'button', ...attributes }, label);
  element.addEventListener('click', () => pressed(element));
  return element;
};

export const tabs = (holder, names, current, chosen) => {
  const all = names.map(name => make('button', { type: 'button', role: 'tab', id: `tab-${name}`, 'aria-controls': `panel-${name}` }, words(name)));
  const show = name => {
    names.forEach((other, i) => {
      all[i].setAttribute('aria-selected', String(other === name));
      all[i].tabIndex = other === name ? 0 : -1;
      document.getElementById(`panel-${other}`).hidden = other !== name;
    });
    chosen(name);
  };
  all.forEach((tab, i) => {
    tab.addEventListener('click', () => show(names[i]));
    tab.addEventListener('keydown', event => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = (i + step + names.length) % names.length;
      show(names[next]);
      all[next].focus();
    });
  });
  holder.append(...all);
  show(names.includes(current) ? current : names[0]);
};
