// The socket: it comes back by itself, and whoever opened it is told.
export class Connection {
  #socket = null; #wait = 300; #number = 0; #sent = new Map();

  constructor(on) {
    this.on = on;
    this.#open();
  }

  get isOpen() { return this.#socket?.readyState === WebSocket.OPEN; }

  // Returns the number that the answers bear; 0 while there is nobody to ask.
  ask(message) {
    if (!this.isOpen) return 0;
    const id = ++this.#number;
    this.#sent.set(id, performance.now());
    if (this.#sent.size > 500) this.#sent.delete(this.#sent.keys().next().value);
    this.#socket.send(JSON.stringify({ ...message, id }));
    return id;
  }

  // Milliseconds since a request was sent.
  since(id) { return performance.now() - (this.#sent.get(id) ?? NaN); }

  // A driving frame: its time in seconds, then the picture.
  async drive(time, picture) {
    const head = new DataView(new ArrayBuffer(8));
    head.setFloat64(0, time, true);
    const message = await new Blob([head.buffer, picture]).arrayBuffer();
    if (this.isOpen) this.#socket.send(message);
  }

  #open() {
    const socket = this.#socket = new WebSocket(`ws://${location.host}/socket`);
    socket.onopen = () => { this.#wait = 300; this.on.open(); };
    socket.onmessage = event => this.on.answer(JSON.parse(event.data));
    socket.onclose = () => {
      this.on.closed();
      setTimeout(() => this.#open(), this.#wait);
      this.#wait = Math.min(4000, this.#wait * 1.6);
    };
  }
}
