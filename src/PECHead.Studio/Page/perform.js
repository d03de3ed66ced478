// A video or a camera drives the face: one frame is on its way at a time, so that nothing queues.
import { button, check, choice, make, slider } from './controls.js';
import { state, view } from './state.js';

const LongestSide = 480, VideoRate = 25, MostSeconds = 600;

export const performPanel = (panel, connection, stage, { modes, ended }) => {
  const video = make('video', { muted: true, playsInline: true, 'aria-label': 'What drives' });
  const canvas = document.createElement('canvas');
  const options = { mode: 'relative', smooth: 0 };
  const self = { isOn: false };
  let everyFrame = true, isFile = false, waiting = null, shown = [], recording = false;

  const told = make('p', { className: 'hint', role: 'status' }, 'Choose a camera or a video. The first face that is seen is the face at rest. The first model follows it.');
  const note = make('p', { className: 'hint', role: 'status' }), results = make('div', { className: 'stack' });
  const file = make('input', { type: 'file', accept: 'video/*', id: 'driving' });
  const stop = button('Stop', () => end(), { id: 'stop', hidden: true });
  const showRecording = on => {
    recording = on;
    record.textContent = recording ? 'End the recording' : 'Record';
    record.setAttribute('aria-pressed', recording);
  };
  const record = button('Record', () => {
    showRecording(!recording);
    note.textContent = '';
    connection.ask({ kind: 'record', on: recording });
  }, { id: 'record', hidden: true, 'aria-pressed': 'false' });
  const modeHolder = make('div');

  let begun = 0;
  const begin = () => { begun = connection.ask({ kind: 'perform', view: view(), performance: options }); };

  const grab = () => {
    const scale = Math.min(1, LongestSide / Math.max(video.videoWidth, video.videoHeight));
    [canvas.width, canvas.height] = [Math.round(video.videoWidth * scale), Math.round(video.videoHeight * scale)];
    canvas.getContext('2d').drawImage(video, 0, 0, canvas.width, canvas.height);
    return new Promise(resolve => canvas.toBlob(resolve, 'image/jpeg', 0.85));
  };

  const seek = time => new Promise(resolve => {
    video.addEventListener('seeked', resolve, { once: true });
    video.currentTime = time;
  });

  const show = (answer, wait) => {
    const card = stage.cards.get(answer.model);
    if (!card) return;
    card.answer = null;
    card.numbers.textContent = '';
    card.time.textContent = `${Math.round(answer.milliseconds)} ms`;
    card.show(answer.picture);
    stage.redraw();
    card.image.dataset.id = `driven ${answer.time}`;
    shown.push(performance.now());
    shown = shown.filter(at => at > performance.now() - 3000);
    const rate = shown.length > 1 ? 1000 * (shown.length - 1) / (shown.at(-1) - shown[0]) : 0;
    told.textContent = `${rate.toFixed(1)} frames/s, ${Math.round(wait)} ms from frame to picture`;
  };

  const run = async () => {
    const mine = self.run = {};
    let time = 0;
    while (self.run === mine) {
      if (isFile && everyFrame) {
        if (time >= video.duration || time > MostSeconds) break;
        await seek(time);
      }
      const at = isFile ? video.currentTime : performance.now() / 1000;
      const picture = await grab();
      const sent = performance.now();
      const answer = new Promise(resolve => { waiting = resolve; });
      await connection.drive(at, picture);
      const came = await answer;
      if (self.run !== mine) return;
      if (came?.picture) show(came, performance.now() - sent);
      else if (came?.message) told.textContent = came.message;
      else await new Promise(resolve => setTimeout(resolve, 300));
      if (isFile && everyFrame) time += 1 / VideoRate;
      else if (isFile && video.ended) break;
    }
    if (self.run === mine) end();
  };

  const start = async source => {
    end();
    try {
      if (isFile) {
        video.srcObject = null;
        video.src = URL.createObjectURL(source);
        await new Promise((resolve, reject) => { video.onloadeddata = resolve; video.onerror = () => reject(new Error('This browser cannot play the video. Convert it to MP4 (H.264) or WebM.')); });
        if (!everyFrame) await video.play();
      } else {
        video.srcObject = source;
        video.classList.add('on');
        await video.play();
      }
      self.isOn = true;
      stop.hidden = record.hidden = false;
      begin();
      run();
    } catch (error) {
      told.textContent = error.message;
      end();
    }
  };

  function end() {
    if (recording) record.click();
    self.run = null;
    waiting?.(null);
    if (self.isOn) connection.ask({ kind: 'rest' });
    const wasOn = self.isOn;
    self.isOn = false;
    video.srcObject?.getTracks().forEach(track => track.stop());
    if (video.src) URL.revokeObjectURL(video.src);
    video.removeAttribute('src');
    video.classList.remove('on');
    video.srcObject = null;
    stop.hidden = record.hidden = true;
    // The sliders count again.
    if (wasOn) ended();
  }

  file.addEventListener('change', () => { isFile = true; if (file.files[0]) start(file.files[0]); file.value = ''; });
  const camera = button('Camera', async () => {
    try {
      isFile = false;
      start(await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 480 } }));
    } catch (error) {
      told.textContent = `The camera cannot be used: ${error.message}`;
    }
  }, { id: 'camera' });

  // Earlier recordings stay: the studio has them until it ends.
  const offer = address => {
    const number = results.children.length + 1;
    results.prepend(make('a', { href: address, download: `performance-${number}.mp4`, className: 'button recording' }, `Save recording ${number} (MP4)`));
  };

  const changed = () => { if (self.isOn) begin(); };
  panel.replaceChildren(
    make('h2', {}, 'What drives'),
    make('div', { className: 'row' }, camera, make('label', { className: 'button', htmlFor: 'driving' }, 'Video file', file), stop, record),
    video, told, note, results,
    make('h2', {}, 'How'), modeHolder,
    slider({ name: 'smooth', label: 'Smoothing', least: 0, most: 10, step: 0.5, rest: 0, meaning: '0 takes the face as it is found' }, (_, value) => { options.smooth = value; changed(); }).element,
    check('Every frame of a video, even if that takes longer than the video', true, on => { everyFrame = on; }),
    make('p', { className: 'hint' }, 'The video stays in the browser; its frames go to the studio on this machine, cut around the head.'));

  self.answers = {
    driven: answer => waiting?.(answer),
    recorded: answer => {
      // It ended by itself, and says why.
      if (answer.message) { showRecording(false); note.textContent = answer.message; }
      if (answer.address) offer(answer.address);
    },
  };
  self.error = answer => {
    if (self.isOn && answer.id && answer.id === begun) {
      // It was refused: no picture will come of the frames.
      end();
      told.textContent = answer.message;
      return true;
    }
    if (!self.isOn || answer.time === undefined) return false;
    waiting?.(answer);
    return true;
  };
  self.closed = () => { if (self.isOn) { end(); told.textContent = 'The studio does not answer. Start again when it does.'; } };
  self.changed = changed;
  self.described = () => {
    if (!modes().includes(options.mode)) options.mode = modes()[0];
    modeHolder.replaceChildren(choice('Mode', modes(), options.mode, mode => { options.mode = mode; changed(); }));
  };
  return self;
};
