// The clock of a player: it plays at the pace of its films, and says when there is something to draw.
import { lastStep } from '../../../timelines/lib/moment.mjs';
import { secondAt, timeAt } from '../../../timelines/lib/pace.mjs';

// The picture is drawn no more often than this, in milliseconds. Changes that come faster than one can
// see them are a blur, and nothing is to flash.
const FRAME = 80;
const FAST_FRAME = 350;
// For readers who want less motion.
const CALM_FRAME = 700;
// This many changes in half a second are fast, for each film.
const FAST = 8;

export class Clock {
  /**
   * `pace` (paceOf) of `films` films, which end at `end`. `on.moved()`: the time is another one;
   * `on.drawn()`: the picture is to be drawn.
   */
  constructor(pace, films, end, on) {
    Object.assign(this, { pace, films, end, on });
    this.calm = matchMedia('(prefers-reduced-motion: reduce)');
    this.playing = false;
    this.speed = 1;
    this.time = 0; // microseconds of the film
    this.second = 0;
    this.drawn = 0;
  }

  play() {
    if (this.time >= this.end) this.set(0);
    this.playing = true;
    this.last = undefined;
    this.on.moved();
    this.frame = requestAnimationFrame((now) => this.tick(now));
  }

  pause() {
    this.playing = false;
    cancelAnimationFrame(this.frame);
    this.on.moved();
    this.on.drawn();
  }

  /** Goes to a time; plays on from there if it plays. */
  set(time) {
    this.time = time;
    this.second = secondAt(this.pace, time);
    this.on.moved();
    this.on.drawn();
  }

  tick(now) {
    if (!this.playing) return;
    // A page that was hidden goes on where it was.
    const passed = Math.min(100, now - (this.last ?? now)) / 1000;
    this.last = now;
    this.second = Math.min(this.pace.length, this.second + passed * this.speed);
    this.time = timeAt(this.pace, this.second);
    const isDue = now - this.drawn >= this.frameLength();
    if (isDue || !this.calm.matches) this.on.moved();
    if (isDue) {
      this.drawn = now;
      this.on.drawn();
    }
    if (this.second >= this.pace.length) return this.pause();
    this.frame = requestAnimationFrame((next) => this.tick(next));
  }

  frameLength() {
    if (this.calm.matches) return CALM_FRAME;
    const { times } = this.pace;
    const soon = timeAt(this.pace, this.second + this.speed * 0.5);
    const changes = lastStep(times, soon) - lastStep(times, this.time);
    return changes > FAST * this.films ? FAST_FRAME : FRAME;
  }
}
