// The timelines: what a mark stands for appears when one points at it, and time can be stretched.
'use strict';

(() => {
  // The picture's own units: where its time begins and ends.
  const LEFT = 16;
  const RIGHT = 524;
  const CLOSEST = 60;
  const WORDS = document.documentElement.lang.startsWith('ko') ? {
    less: '시간을 좁혀 보기',
    more: '시간을 늘려 보기',
    whole: '전체 시간 보기',
    hint: '표시를 가리키거나, ←와 →로 하나씩 옮겨 간다. 끌면 움직인다.',
  } : {
    less: 'Less time in detail',
    more: 'More detail',
    whole: 'All of the time',
    hint: 'Point at a mark, or step with ← and →. Drag to move.',
  };

  /** One picture: its marks, and how much of its time is in view. */
  class Timeline {
    constructor(figure) {
      this.figure = figure;
      this.svg = figure.querySelector('svg');
      this.factor = 1;
      this.offset = 0; // units of the stretched picture that lie left of its edge
      this.marks = [...this.svg.querySelectorAll('rect:has(title)')];
      for (const mark of this.marks) {
        const title = mark.querySelector('title');
        mark.dataset.words = title.textContent;
        title.remove(); // or the browser would show it as well
      }
      this.places = this.readPlaces();
      this.clip();
      this.addHairline();
      this.addTip();
      this.addTools();
      this.listen();
    }

    // A function for each thing that stands at a time, which puts it at another place.
    readPlaces() {
      const number = (node, name) => Number(node.getAttribute(name));
      const places = [];
      const bars = '.busy, [data-thread] rect, [data-operations] rect, [data-connection] rect';
      for (const bar of this.svg.querySelectorAll(bars)) {
        const [x, width] = [number(bar, 'x'), number(bar, 'width')];
        places.push(() => {
          bar.setAttribute('x', this.at(x));
          bar.setAttribute('width', width * this.factor);
        });
      }
      for (const line of this.svg.querySelectorAll('.arrow line')) {
        const x = number(line, 'x1');
        places.push(() => {
          line.setAttribute('x1', this.at(x));
          line.setAttribute('x2', this.at(x));
        });
      }
      for (const node of this.svg.querySelectorAll('.arrow path, .axis .tick')) {
        const [x, y] = node.getAttribute('transform').match(/[\d.]+/g).map(Number);
        const isTick = node.classList.contains('tick');
        places.push(() => {
          const moved = this.at(x);
          node.setAttribute('transform', `translate(${moved},${y ?? 0})`);
          if (isTick) node.style.display = moved < LEFT - 1 || moved > RIGHT - 30 ? 'none' : '';
        });
      }
      return places;
    }

    at(x) {
      return LEFT + (x - LEFT) * this.factor - this.offset;
    }

    // Keeps marks that are moved out of view off the margins.
    clip() {
      const name = `${this.figure.dataset.name}-view`;
      this.svg.insertAdjacentHTML('afterbegin', `<clipPath id="${name}"><rect y="0" height="100%" `
        + `x="${LEFT - 1}" width="${RIGHT - LEFT + 2}"/></clipPath>`);
      const moved = this.svg.querySelectorAll(
        '[data-thread], [data-operations], [data-connection]');
      const parents = ['.busy', '.arrow'].map((each) => this.svg.querySelector(each)?.parentNode);
      for (const node of [...moved, ...parents.filter(Boolean)])
        node.setAttribute('clip-path', `url(#${name})`);
    }

    // A line at the moment that the player below the picture shows.
    addHairline() {
      const top = this.svg.querySelector('.busy').getAttribute('y');
      const bottom = this.svg.querySelector('.axis').getAttribute('transform').match(/,([\d.]+)/)[1];
      this.svg.insertAdjacentHTML('beforeend',
        `<line class="hairline" y1="${top}" y2="${bottom}" visibility="hidden"/>`);
      this.hairline = this.svg.lastElementChild;
      this.places.push(() => this.showTime(this.shown));
    }

    /** Puts the hairline at a place of the axis, from 0 to 1. */
    showTime(place) {
      this.shown = place;
      if (place === undefined) return;
      const x = this.at(LEFT + place * (RIGHT - LEFT));
      this.hairline.setAttribute('x1', x);
      this.hairline.setAttribute('x2', x);
      this.hairline.setAttribute('visibility',
        x < LEFT - 1 || x > RIGHT + 1 ? 'hidden' : 'visible');
    }

    addTip() {
      this.figure.insertAdjacentHTML('beforeend',
        '<div class="timeline-tip" role="status" hidden></div>');
      this.tip = this.figure.lastElementChild;
    }

    addTools() {
      const tools = document.createElement('div');
      tools.className = 'timeline-tools';
      const add = (sign, name, action) => {
        const button = document.createElement('button');
        button.type = 'button';
        button.textContent = sign;
        button.title = name;
        button.setAttribute('aria-label', name);
        button.addEventListener('click', action);
        tools.append(button);
        return button;
      };
      add('−', WORDS.less, () => this.zoom(1 / 2));
      add('+', WORDS.more, () => this.zoom(2));
      this.whole = add('⤢', WORDS.whole, () => this.show(1, 0));
      this.whole.disabled = true;
      const hint = document.createElement('span');
      hint.textContent = WORDS.hint;
      tools.append(hint);
      this.figure.prepend(tools);
    }

    /** Stretches by `by`, around `x`: that place stays where it is. */
    zoom(by, x = (LEFT + RIGHT) / 2) {
      const factor = Math.min(CLOSEST, Math.max(1, this.factor * by));
      const time = (x - LEFT + this.offset) / this.factor;
      this.show(factor, time * factor - (x - LEFT));
    }

    show(factor, offset) {
      this.factor = factor;
      this.offset = Math.min((RIGHT - LEFT) * (factor - 1), Math.max(0, offset));
      for (const place of this.places) place();
      this.whole.disabled = factor === 1;
      this.figure.classList.toggle('stretched', factor > 1);
    }

    /** Where in the picture's units a pointer is. */
    unitsOf(event) {
      const box = this.svg.getBoundingClientRect();
      return ((event.clientX - box.left) / box.width) * this.svg.viewBox.baseVal.width;
    }

    tell(mark) {
      this.told?.classList.remove('told');
      this.told = mark;
      this.tip.hidden = !mark;
      if (!mark) return;
      mark.classList.add('told');
      const [head, ...lines] = mark.dataset.words.split('\n');
      const strong = document.createElement('strong');
      strong.textContent = head;
      this.tip.replaceChildren(strong, ...lines.map((line) => `\n${line}`));
      const box = this.figure.getBoundingClientRect();
      const at = mark.getBoundingClientRect();
      const left = Math.max(at.left, box.left) - box.left;
      this.tip.style.left = `${Math.max(0, Math.min(left, box.width - this.tip.offsetWidth))}px`;
      this.tip.style.top = `${at.bottom - box.top + 6}px`;
    }

    // From mark to mark, in the order of time; into view, if it is not.
    step(way) {
      const inOrder = this.marks.map((mark) => ({ mark, x: Number(mark.getAttribute('x')) }))
        .sort((a, b) => a.x - b.x);
      const at = inOrder.findIndex(({ mark }) => mark === this.told);
      const next = inOrder[at < 0 ? 0 : Math.min(inOrder.length - 1, Math.max(0, at + way))];
      if (next.x < LEFT || next.x > RIGHT)
        this.show(this.factor, this.offset + next.x - (LEFT + RIGHT) / 2);
      this.tell(next.mark);
    }

    listen() {
      const { svg } = this;
      svg.tabIndex = 0;
      svg.addEventListener('pointerover', (event) => {
        if (!this.drag) this.tell(event.target.dataset?.words ? event.target : undefined);
      });
      this.figure.addEventListener('pointerleave', () => this.tell(undefined));
      svg.addEventListener('blur', () => this.tell(undefined));
      svg.addEventListener('pointerdown', (event) => {
        this.tell(event.target.dataset?.words ? event.target : undefined);
        if (this.factor > 1) this.drag = { x: this.unitsOf(event), offset: this.offset };
      });
      addEventListener('pointerup', () => { this.drag = undefined; });
      addEventListener('pointercancel', () => { this.drag = undefined; });
      svg.addEventListener('pointermove', (event) => {
        if (this.drag)
          this.show(this.factor, this.drag.offset + this.drag.x - this.unitsOf(event));
      });
      svg.addEventListener('dblclick', (event) => this.zoom(2, this.unitsOf(event)));
      svg.addEventListener('wheel', (event) => {
        if (!event.ctrlKey && !event.metaKey) return; // the page's own scrolling
        event.preventDefault();
        this.zoom(event.deltaY < 0 ? 1.3 : 1 / 1.3, this.unitsOf(event));
      }, { passive: false });
      svg.addEventListener('keydown', (event) => this.onKey(event));
    }

    onKey(event) {
      const actions = {
        ArrowRight: () => this.step(1),
        ArrowLeft: () => this.step(-1),
        '+': () => this.zoom(2),
        '-': () => this.zoom(1 / 2),
        0: () => this.show(1, 0),
        Escape: () => this.tell(undefined),
      };
      if (!actions[event.key] || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      actions[event.key]();
    }
  }

  addEventListener('DOMContentLoaded', () => {
    for (const figure of document.querySelectorAll('.figure.timeline'))
      figure.timeline = new Timeline(figure);
  });
})();
