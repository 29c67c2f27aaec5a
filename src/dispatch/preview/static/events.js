// The stream on which the server tells every change, and whether it does.
// It is closed while nobody sees the page, and only some windows have one: a browser opens six connections to a host, for
// all of its tabs together, and mail and pictures want some of them. Windows without one ask how it is now and then.

import { byId } from "./dom.js";

// Milliseconds after which a lost connection is told: a browser that only reconnects should not alarm anybody.
const GRACE = 1500;

// Streams that stay open, in all windows together.
const MOST = 4;

// Milliseconds after which a window without one asks again.
const AGAIN = 1500;

export class Events {
  #stream = null;
  #address = "";
  #told = ""; // what came last, where it does not stay open
  #lost = 0;
  #again = 0;
  #turn = 0;
  #place = null;
  #take;
  #opened;

  // `take` gets each view; `opened` is called when the server is there, again or for the first time.
  constructor(take, opened) {
    this.#take = take;
    this.#opened = opened;
    document.addEventListener("visibilitychange", () => this.#follow());
  }

  // Ask for another view; its first event tells how it is now, and so it does when the page is seen again.
  listen(parameters) {
    this.#address = `events?${new URLSearchParams(parameters)}`;
    this.#told = "";
    this.#follow();
  }

  async #follow() {
    const turn = ++this.#turn;
    this.#stream?.close();
    clearTimeout(this.#lost);
    clearTimeout(this.#again);
    if (document.hidden) return this.#leave();
    const place = (this.#place ??= placeAmongStreams());
    const stays = Boolean(await place);
    if (!stays && this.#place === place) this.#place = null;
    if (turn === this.#turn) this.#open(stays);
  }

  #open(stays) {
    const stream = new EventSource(this.#address);
    stream.onopen = () => {
      clearTimeout(this.#lost);
      tell("live", "Live");
      this.#opened();
    };
    stream.onerror = () => {
      clearTimeout(this.#lost);
      this.#lost = setTimeout(() => tell("ended", "The preview has ended: start dispatch preview again"), GRACE);
    };
    stream.onmessage = ({ data }) => {
      if (stays) return this.#take(JSON.parse(data));
      stream.close();
      this.#again = setTimeout(() => this.#follow(), AGAIN);
      if (data !== this.#told) this.#take(JSON.parse(data));
      this.#told = data;
    };
    this.#stream = stream;
  }

  async #leave() {
    const place = this.#place;
    this.#place = null;
    (await place)?.();
  }
}

// A place among the windows whose stream stays open, as what to call to leave it; null where there is none left. A window
// that is closed leaves its own.
function placeAmongStreams(number = 0) {
  if (number === MOST) return null;
  return new Promise((resolve) => {
    navigator.locks.request(`stream ${number}`, { ifAvailable: true }, (lock) =>
      lock ? new Promise((leave) => resolve(leave)) : resolve(placeAmongStreams(number + 1)),
    );
  });
}

function tell(state, sentence) {
  byId("live").dataset.state = state;
  byId("live").textContent = sentence;
  byId("ended").hidden = state !== "ended";
}
