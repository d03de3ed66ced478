// What the page shows, kept in its link. A slider that stands where it began is left out, and so are models that nobody chose.
import { within } from './controls.js';

const lists = ['models', 'layers'], flags = ['frontalize', 'whole'], texts = ['photograph', 'motion', 'tab'];

export const state = { photograph: '', models: [], layers: [], hidden: [], values: {}, frontalize: false, whole: false, motion: 'frame', tab: 'pose', chosen: false };

export const rest = name => name === 'zoom' ? 1 : 0;

// The sliders that every model has; those of a model are known later.
export const load = sliders => {
  for (const [key, value] of new URLSearchParams(location.hash.slice(1))) {
    if (lists.includes(key)) state[key] = value ? value.split(',') : [];
    else if (flags.includes(key)) state[key] = value === '1';
    else if (texts.includes(key)) state[key] = value;
    else if (Number.isFinite(Number(value))) {
      const one = sliders.find(slider => slider.name === key);
      state.values[key] = one ? within(one, value) : Number(value);
    }
  }
};

export const link = () => {
  const hash = new URLSearchParams();
  for (const key of texts) if (state[key]) hash.set(key, state[key]);
  for (const key of lists) if (state[key].length && (key !== 'models' || state.chosen)) hash.set(key, state[key].join(','));
  for (const key of flags) if (state[key]) hash.set(key, '1');
  for (const [key, value] of Object.entries(state.values)) if (value !== rest(key)) hash.set(key, String(value));
  return `${location.pathname}${location.search}#${hash}`;
};

let planned = 0;
// Browsers refuse more than a few changes of the address a second.
export const save = () => {
  clearTimeout(planned);
  planned = setTimeout(() => history.replaceState(null, '', link()), 250);
};

// What the server is asked for.
export const view = () => ({
  photograph: state.photograph, models: state.models, frontalize: state.frontalize, whole: state.whole,
  values: Object.fromEntries(Object.entries(state.values).filter(([name, value]) => value !== rest(name))),
  inside: state.layers.length > 0, offsets: state.layers.includes('offsets'),
});
