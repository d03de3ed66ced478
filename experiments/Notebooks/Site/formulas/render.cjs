// Reads a JSON list of {tex, display} from standard input and writes the list of their MathML. Argument: the folder of the packages.
const path = require('path');
const temml = require(path.join(process.argv[2], 'temml', 'dist', 'temml.cjs'));

let text = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', chunk => { text += chunk; });
process.stdin.on('end', () => {
  const render = ({ tex, display }) => {
    try {
      return temml.renderToString(tex, { displayMode: display, throwOnError: true });
    } catch (error) {
      throw new Error(`${tex}: ${error.message}`);
    }
  };
  try {
    process.stdout.write(JSON.stringify(JSON.parse(text).map(render)));
  } catch (error) {
    process.stderr.write(error.message + '\n');
    process.exitCode = 1;
  }
});
