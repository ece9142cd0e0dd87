// The controls of the player: play and pause, one event back and forth, the slider, the speed.
import { add, setText } from './stage.mjs';

const SPEEDS = [0.25, 0.5, 1, 2, 4];
const SIGNS = { 0.25: '×¼', 0.5: '×½' };
// Of an icon of 24 by 24.
const ICONS = {
  play: 'M8 5v14l11-7z',
  pause: 'M6 5h4v14H6zM14 5h4v14h-4z',
  back: 'M6 5h2.4v14H6zM19 5v14l-9-7z',
  forward: 'M15.6 5H18v14h-2.4zM5 5v14l9-7z',
};
const STEPS = 10_000; // of the slider

export class Controls {
  /** `on`: what is to be done, { toggle(), step(way), jump(place), end(way), speed(times) }. */
  constructor(player, words, on) {
    this.words = words;
    this.box = document.createElement('div');
    this.box.className = 'player-controls';
    player.querySelector('.stage').before(this.box);
    this.box.setAttribute('role', 'group');
    this.box.setAttribute('aria-label', words.player);
    this.button('back', () => on.step(-1));
    this.main = this.button('play', () => on.toggle());
    this.button('forward', () => on.step(1));
    this.slider = this.addSlider(on);
    this.time = add(this.box, 'span', 'player-time');
    this.addSpeed(on);
    player.addEventListener('keydown', (event) => this.onKey(event, on));
  }

  button(name, action) {
    const button = add(this.box, 'button', `player-${name}`);
    button.type = 'button';
    button.addEventListener('click', action);
    this.name(button, name);
    return button;
  }

  name(button, name) {
    if (button.dataset.icon === name) return;
    button.dataset.icon = name;
    button.title = this.words[name];
    button.setAttribute('aria-label', this.words[name]);
    button.innerHTML = '<svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">'
      + `<path d="${ICONS[name]}"/></svg>`;
  }

  addSlider(on) {
    const slider = add(this.box, 'input', 'player-slider');
    slider.type = 'range';
    slider.autocomplete = 'off'; // a page to which one comes back begins anew
    slider.max = STEPS;
    slider.value = 0;
    slider.setAttribute('aria-label', this.words.time);
    slider.addEventListener('input', () => on.jump(slider.value / STEPS));
    return slider;
  }

  addSpeed(on) {
    const select = add(this.box, 'select', 'player-speed');
    select.autocomplete = 'off';
    select.setAttribute('aria-label', this.words.speed);
    for (const speed of SPEEDS) {
      const option = add(select, 'option', '', SIGNS[speed] ?? `×${speed}`);
      option.value = speed;
      option.selected = speed === 1;
    }
    select.addEventListener('change', () => on.speed(Number(select.value)));
  }

  // Keys work wherever the focus is in the player, but for those of a control of its own.
  onKey(event, on) {
    const isOurs = !(event.ctrlKey || event.metaKey || event.altKey || event.shiftKey);
    if (!isOurs || event.target.matches('select')) return;
    const pressed = event.target.matches('button, a');
    const actions = {
      ArrowRight: () => on.step(1),
      ArrowLeft: () => on.step(-1),
      Home: () => on.end(-1),
      End: () => on.end(1),
      ...(pressed ? {} : { ' ': () => on.toggle() }),
    };
    if (!actions[event.key]) return;
    event.preventDefault();
    actions[event.key]();
  }

  /** Shows the place of the slider, from 0 to 1, the time in milliseconds, and the button's sign. */
  show(place, milliseconds, playing) {
    const words = this.words.milliseconds(milliseconds);
    this.slider.value = Math.round(place * STEPS);
    this.slider.setAttribute('aria-valuetext', words);
    setText(this.time, words);
    this.name(this.main, playing ? 'pause' : 'play');
  }
}
