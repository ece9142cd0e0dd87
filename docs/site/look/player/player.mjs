// A player: one film below its timeline, or several with one clock on the front page.
import { eventsAt, lastStep, placeOnAxis, stepsOf, timeOnAxis } from '../../../timelines/lib/moment.mjs';
import { paceOf, timeAt } from '../../../timelines/lib/pace.mjs';
import { Clock } from './clock.mjs';
import { Controls } from './controls.mjs';
import { addNotes } from './notes.mjs';
import { add, setText, Stage } from './stage.mjs';
import { eventWords, wordsFor } from './texts.mjs';

// How long a change stays at the usual speed, in seconds.
const DWELL = { single: 0.2, together: 0.08 };
// So much of the player has to be in view before it plays by itself.
const IN_VIEW = 0.25;

class Player {
  constructor(root) {
    this.root = root;
    this.words = wordsFor(document.documentElement.lang);
    this.stages = [...root.querySelectorAll('.stage')].map(
      (each) => new Stage(each, globalThis.films[each.dataset.film], this.words));
    this.films = this.stages.map((stage) => stage.film);
    this.together = this.films.length > 1;
    this.end = Math.max(...this.films.map((film) => film.length));
    const pace = paceOf(this.films, this.together ? DWELL.together : DWELL.single);
    this.steps = this.together ? pace.times.slice(0, -1) : stepsOf(this.films[0]);
    this.timeline = root.previousElementSibling?.timeline;
    this.clock = new Clock(pace, this.films.length, this.end,
      { moved: () => this.showControls(), drawn: () => this.showStages() });
    this.controls = new Controls(root, this.words, {
      toggle: () => (this.playing ? this.clock.pause() : this.clock.play()),
      step: (way) => this.step(way),
      jump: (place) => this.stopAt(this.timeAt(place)),
      end: (way) => this.stopAt(way < 0 ? 0 : this.end),
      speed: (speed) => { this.clock.speed = speed; },
    });
    if (this.together) this.addModels();
    else this.addNow();
    addNotes(root, this.words, this.films, this.together);
    root.querySelector('.still')?.remove();
    root.classList.add('ready');
    this.clock.set(this.clock.calm.matches ? this.allThere() : 0);
  }

  /** In microseconds of the film. */
  get time() {
    return this.clock.time;
  }

  get playing() {
    return this.clock.playing;
  }

  // A moment at which all clients are there, and wait: what to show when nothing moves.
  allThere() {
    const starts = this.films.flatMap((film) => film.places.map((place) => place.start));
    return Math.min(this.end, Math.max(...starts) + 5000);
  }

  // Where there is no room for all models one is shown, which one can choose.
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

  // Adds the event of this moment and its place in the source; a step reads the event out.
  addNow() {
    this.now = add(this.root, 'div', 'player-now');
    this.event = add(this.now, 'p', 'player-event');
    this.place = add(this.now, 'p', 'player-place');
    this.spoken = add(this.root, 'div', 'unseen');
    this.spoken.setAttribute('role', 'status');
  }

  /** Goes to the next event, or to the one before. */
  step(way) {
    const at = lastStep(this.steps, this.time);
    const isExact = this.steps[at] === this.time;
    const next = way > 0 ? at + 1 : isExact ? at - 1 : at;
    this.stopAt(this.steps[Math.min(this.steps.length - 1, Math.max(0, next))]);
    if (this.spoken) setText(this.spoken, this.event.textContent);
  }

  stopAt(time) {
    if (this.playing) this.clock.pause();
    this.clock.set(time);
  }

  // The slider goes with the timeline's axis, if there is one, else with the clock.
  timeAt(place) {
    const { pace } = this.clock;
    return this.together ? timeAt(pace, place * pace.length) : timeOnAxis(this.films[0], place);
  }

  placeNow() {
    const { pace, second } = this.clock;
    return this.together ? second / pace.length : placeOnAxis(this.films[0], this.time);
  }

  showControls() {
    const place = this.placeNow();
    this.controls.show(place, Math.min(this.time, this.end) / 1000, this.playing);
    this.timeline?.showTime(place);
  }

  showStages() {
    for (const stage of this.stages) stage.show(this.time);
    if (this.now) this.showNow(this.stages[0]);
  }

  showNow(stage) {
    const step = this.steps[Math.max(0, lastStep(this.steps, this.time))];
    const { begun, ended } = eventsAt(stage.film, step);
    const events = [...ended.map((call) => ({ call, begins: false })),
      ...begun.map((call) => ({ call, begins: true }))];
    setText(this.event, events.map((each) => eventWords(this.words, stage, each)).join('; '));
    this.showPlaces(stage.source.of(events.at(-1).call));
  }

  showPlaces(places) {
    const key = places.map(({ href }) => href).join(' ');
    if (key === this.shown) return;
    this.shown = key;
    const hadFocus = this.place.contains(document.activeElement);
    this.place.replaceChildren();
    places.forEach((place, at) => {
      if (at > 0) this.place.append(this.words.or);
      const link = add(this.place, 'a', '', `${place.name} `);
      link.href = place.href;
      add(link, 'code', '', place.text);
    });
    // The keys go on working: they are heard while the focus is in the player.
    if (hadFocus) (this.place.querySelector('a') ?? this.controls.slider).focus();
  }

  /** Plays by itself, once, when it is seen, if motion is welcome; pauses when it is out of view. */
  playWhenSeen() {
    if (this.clock.calm.matches || !globalThis.IntersectionObserver) return;
    let begun = false;
    const watcher = new IntersectionObserver(([{ isIntersecting }]) => {
      if (isIntersecting === begun) return;
      if (begun) {
        this.clock.pause();
        watcher.disconnect();
      } else this.clock.play();
      begun = true;
    }, { threshold: IN_VIEW });
    watcher.observe(this.root);
    // From then on the reader decides.
    for (const kind of ['pointerdown', 'keydown'])
      this.root.addEventListener(kind, () => watcher.disconnect(), { once: true });
  }
}

addEventListener('DOMContentLoaded', () => {
  for (const root of document.querySelectorAll('.player')) {
    // Where a film could not be loaded, the picture stays.
    const films = [...root.querySelectorAll('.stage')].map((each) => each.dataset.film);
    if (!films.every((name) => globalThis.films?.[name])) continue;
    root.player = new Player(root);
    if (root.player.together) root.player.playWhenSeen();
  }
});
