// Reads a Vega-Lite specification from standard input and writes the chart as SVG. Argument: the folder of the packages.
const path = require('path');
const vega = require(path.join(process.argv[2], 'vega'));
const vegaLite = require(path.join(process.argv[2], 'vega-lite'));

// A chart holds its data: nothing is read from files or from the network while it is drawn.
const refuse = () => Promise.reject(new Error('a chart must hold its data ("data": {"values": ...})'));
const loader = { load: refuse, sanitize: refuse, http: refuse, file: refuse };
const logger = vega.logger(vega.Error);
let failure = null;
const keep = messages => { failure = failure ?? messages.map(String).join(' '); return logger; };
logger.error = (...messages) => keep(messages);
// Data that could not be loaded is a mere warning to vega, and the chart would be drawn without them.
logger.warn = (...messages) => String(messages[0]).startsWith('Loading failed') ? keep(messages) : logger;

let text = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', chunk => { text += chunk; });
process.stdin.on('end', async () => {
  try {
    const compiled = vegaLite.compile(JSON.parse(text));
    const svg = await new vega.View(vega.parse(compiled.spec), { renderer: 'none', loader, logger }).toSVG();
    if (failure) throw new Error(failure);
    process.stdout.write(svg);
  } catch (error) {
    process.stderr.write(String(error.message ?? error) + '\n');
    process.exitCode = 1;
  }
});
