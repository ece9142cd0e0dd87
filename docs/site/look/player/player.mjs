// A player: one film below its timeline, or several with one clock on the front page.
import { eventsAt, lastStep, placeOnAxis, stepsOf, timeOnAxis } from '../../../timelines/lib/moment.mjs';
import { paceOf, secondAt, timeAt } from '../../../timelines/lib/pace.mjs';
import { Controls } from './controls.mjs';
import { add, setText, Stage } from './stage.mjs';
import { eventWords, wordsFor } from './texts.mjs';

// How long a change stays at the usual speed, in seconds.
const DWELL = { single: 0.2, together: 0.08 };
// The stages are drawn no more often than this, in milliseconds: what changes faster is a blur, and
// nothing is to flash.
const FRAME = 80;
const FAST_FRAME = 350;
// Reduced motion: from change to change, no more often than this.
const CALM_FRAME = 700;

class Player {
  constructor(root) {
    this.root = root;
    this.words = wordsFor(document.documentElement.lang);
    const elements = [...root.querySelectorAll('.stage')];
    this.together = elements.length > 1;
    this.stages = elements.map(
      (each) => new Stage(each, globalThis.films[each.dataset.film], this.words));
    this.films = this.stages.map((stage) => stage.film);
    this.pace = paceOf(this.films, this.together ? DWELL.together : DWELL.single);
    this.steps = this.together ? this.pace.times.slice(0, -1) : stepsOf(this.films[0]);
    this.end = Math.max(...this.films.map((film) => film.length));
    this.timeline = root.previousElementSibling?.timeline;
    this.calm = matchMedia('(prefers-reduced-motion: reduce)');
    this.playing = false;
    this.drawn = 0;
    this.controls = new Controls(root, this.words, {
      toggle: () => (this.playing ? this.pause() : this.play()),
      step: (way) => this.step(way),
      jump: (place) => this.jump(place),
      end: (way) => this.stopAt(way < 0 ? 0 : this.end),
    });
    if (this.together) this.addModels();
    else this.addNow();
    this.addNotes();
    root.querySelector('.still')?.remove();
    root.classList.add('ready');
    this.show(this.calm.matches ? this.allThere() : 0);
  }

  // A moment at which all clients are there, and wait: what to show when nothing moves.
  allThere() {
    const all = this.films.flatMap((film) => film.places.map((place) => place.start));
    return Math.min(this.end, Math.max(...all) + 5000);
  }

  // On a phone one of the models is shown, which one can choose; elsewhere all are.
  addModels() {
    const box = document.createElement('div');
    box.className = 'player-models';
    box.setAttribute('role', 'group');
    box.setAttribute('aria-label', this.words.models);
    const buttons = this.stages.map((stage, at) => {
      const button = add(box, 'button', '', String(at + 1));
      button.type = 'button';
      button.title = stage.element.querySelector('.stage-title a').textContent;
      button.setAttribute('aria-label', button.title);
      button.addEventListener('click', () => choose(at));
      return button;
    });
    const choose = (chosen) => this.stages.forEach((stage, at) => {
      stage.element.classList.toggle('chosen', at === chosen);
      buttons[at].setAttribute('aria-pressed', String(at === chosen));
    });
    choose(0);
    this.stages[0].element.before(box);
  }

  // What happens at this moment, and where in the source; read out when one steps.
  addNow() {
    this.now = add(this.root, 'div', 'player-now');
    this.event = add(this.now, 'p', 'player-event');
    this.place = add(this.now, 'p', 'player-place');
    this.spoken = add(this.root, 'div', 'unseen');
    this.spoken.setAttribute('role', 'status');
  }

  addNotes() {
    const notes = add(this.root, 'div', 'player-notes');
    const { lent, holds, blocks, limits, packets } = this.words;
    if (this.together) this.addLegend(notes);
    const hasPort = this.films.some((film) => film.hasPort);
    const hasOperations = this.films.some((film) => film.operations.length > 0);
    add(notes, 'p', '', [this.films[0].isFiles ? blocks : lent, hasPort ? holds : ''].join(' '));
    if (hasOperations) add(notes, 'p', '', [limits, hasPort ? packets : ''].join(' '));
  }

  addLegend(notes) {
    const list = add(notes, 'ul', 'player-legend');
    const used = new Set(this.films.flatMap((film) => [
      'running', ...film.calls.map((call) => (call.routine ? 'routine' : call.state))]));
    for (const [state, name] of Object.entries(this.words.states)) {
      if (!used.has(state)) continue;
      const item = add(list, 'li');
      item.dataset.state = state;
      add(item, 'span', 'swatch');
      item.append(name);
    }
  }

  play() {
    if (this.time >= this.end) this.show(0);
    this.playing = true;
    this.last = undefined;
    this.showControls();
    this.frame = requestAnimationFrame((now) => this.tick(now));
  }

  pause() {
    this.playing = false;
    cancelAnimationFrame(this.frame);
    this.show(this.time);
  }

  tick(now) {
    if (!this.playing) return;
    const passed = Math.min(100, now - (this.last ?? now)) / 1000;
    this.last = now;
    this.second = Math.min(this.pace.length, this.second + passed * this.controls.speed);
    this.time = timeAt(this.pace, this.second);
    const calm = this.calm.matches;
    if (now - this.drawn >= (calm ? CALM_FRAME : this.isFast() ? FAST_FRAME : FRAME)) {
      this.drawn = now;
      this.showStages();
      if (calm) this.showControls();
    }
    if (!calm) this.showControls();
    if (this.second >= this.pace.length) return this.pause();
    this.frame = requestAnimationFrame((next) => this.tick(next));
  }

  // Whether changes come faster than they can be seen.
  isFast() {
    const [from, to] = [this.time, timeAt(this.pace, this.second + this.controls.speed * 0.5)];
    const { times } = this.pace;
    return lastStep(times, to) - lastStep(times, from) > 8 * this.films.length;
  }

  step(way) {
    const at = lastStep(this.steps, this.time);
    const exact = this.steps[at] === Math.round(this.time);
    const next = way > 0 ? at + 1 : exact ? at - 1 : at;
    this.stopAt(this.steps[Math.min(this.steps.length - 1, Math.max(0, next))]);
    if (this.spoken) setText(this.spoken, this.event.textContent);
  }

  /** Moves to a place of the slider, from 0 to 1; goes on playing if it did. */
  jump(place) {
    const time = this.together ? timeAt(this.pace, place * this.pace.length)
      : timeOnAxis(this.films[0], place);
    this.show(Math.round(time), place);
  }

  stopAt(time) {
    this.playing = false;
    cancelAnimationFrame(this.frame);
    this.show(time);
  }

  show(time, place) {
    this.time = time;
    this.second = secondAt(this.pace, time);
    this.showControls(place);
    this.showStages();
  }

  showControls(given) {
    const place = this.together ? this.second / this.pace.length
      : placeOnAxis(this.films[0], this.time);
    this.controls.show(given ?? place, Math.min(this.time, this.end) / 1000, this.playing);
    this.timeline?.showTime(place);
  }

  showStages() {
    for (const stage of this.stages) stage.show(this.time);
    if (this.now) this.showNow();
  }

  showNow() {
    const [stage] = this.stages;
    const step = this.steps[Math.max(0, lastStep(this.steps, this.time))];
    const { begun, ended } = eventsAt(stage.film, step);
    const exact = [...ended.map((call) => ({ call, begins: false })),
      ...begun.map((call) => ({ call, begins: true }))];
    setText(this.event, exact.map((each) => eventWords(this.words, stage, each)).join('; '));
    const places = exact.length > 0 ? this.placesOf(stage, exact.at(-1).call) : [];
    const key = places.map(({ href }) => href).join(' ');
    if (key === this.shownPlace) return;
    this.shownPlace = key;
    this.place.replaceChildren();
    places.forEach((place, at) => {
      if (at > 0) this.place.append(this.words.or);
      const link = add(this.place, 'a', '', `${place.name} `);
      link.href = place.href;
      add(link, 'code', '', place.text);
    });
  }

  // A routine runs the program's code, but the recording does not say which.
  placesOf(stage, call) {
    return call.routine ? [] : stage.source.of(call);
  }

  /** Plays by itself, once, when it comes into view, if motion is welcome; stops out of view. */
  playWhenSeen() {
    if (this.calm.matches || !globalThis.IntersectionObserver) return;
    const touched = new AbortController();
    const watcher = new IntersectionObserver(([entry]) => {
      if (entry.isIntersecting && !this.begun) {
        this.begun = true;
        this.play();
      } else if (!entry.isIntersecting && this.begun) {
        this.pause();
        watcher.disconnect();
      }
    }, { threshold: 0.25 });
    watcher.observe(this.root);
    this.root.addEventListener('pointerdown', () => { watcher.disconnect(); touched.abort(); },
      { signal: touched.signal });
  }
}

addEventListener('DOMContentLoaded', () => {
  for (const root of document.querySelectorAll('.player')) {
    const player = new Player(root);
    root.player = player;
    if (player.together) player.playWhenSeen();
  }
});
