// The stream on which the server tells every change, and whether it does.
// It is closed while nobody sees the page: a browser opens six connections to a host, for all of its tabs together.

import { byId } from "./dom.js";

// Milliseconds after which a lost connection is told: a browser that only reconnects should not alarm anybody.
const GRACE = 1500;

export class Events {
  #stream = null;
  #address = "";
  #lost = 0;
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
    this.#follow();
  }

  #follow() {
    this.#stream?.close();
    clearTimeout(this.#lost);
    if (document.hidden) return;
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
    stream.onmessage = (event) => this.#take(JSON.parse(event.data));
    this.#stream = stream;
  }
}

function tell(state, sentence) {
  byId("live").dataset.state = state;
  byId("live").textContent = sentence;
  byId("ended").hidden = state !== "ended";
}
