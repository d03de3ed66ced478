// Sorts a table by the column whose heading is clicked; a second click turns the order around.
(() => {
  for (const root of document.querySelectorAll('.pechead-results:not([data-ready])')) {
    root.dataset.ready = 'yes';
    const body = root.querySelector('tbody'), headings = [...root.querySelectorAll('th')];
    headings.forEach((heading, column) => heading.addEventListener('click', () => {
      const falling = heading.getAttribute('aria-sort') === 'ascending';
      headings.forEach(other => other.removeAttribute('aria-sort'));
      heading.setAttribute('aria-sort', falling ? 'descending' : 'ascending');
      const key = row => row.cells[column].dataset.value ?? row.cells[column].textContent;
      const compare = (a, b) => {
        // What was not measured stands last, whichever the order.
        if (key(a) === '' || key(b) === '') return (key(a) === '') - (key(b) === '');
        const order = column === 0 ? key(a).localeCompare(key(b)) : Number(key(a)) - Number(key(b));
        return falling ? -order : order;
      };
      body.append(...[...body.rows].sort(compare));
    }));
  }
})();
