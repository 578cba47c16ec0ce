/* What measure-page.ts asks a browser: this runs in the page. */
(() => {
  const root = document.documentElement;
  const edge = 0.6;

  const own = (element) =>
    [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && (node.textContent ?? '').trim() !== '');
  const texts = [...document.querySelectorAll('main *')].filter((element) => own(element) && isShown(element));

  function isShown(element) {
    const { width, height } = element.getBoundingClientRect();
    return width > 1 && height > 1;
  }

  function isClipped(element) {
    const box = element.getBoundingClientRect();
    if (box.left < -edge || box.right > root.clientWidth + edge) return true;
    const frame = element.closest('svg')?.getBoundingClientRect();
    if (frame !== undefined) {
      const { left, right, top, bottom } = frame;
      return box.left < left - edge || box.right > right + edge || box.top < top - edge || box.bottom > bottom + edge;
    }
    const card = element.closest('.card, .tiles > div, .verdict li')?.getBoundingClientRect();
    const outside = card !== undefined && (box.left < card.left - edge || box.right > card.right + edge);
    return (
      outside ||
      (element instanceof HTMLElement &&
        element.scrollWidth > element.clientWidth + 1 &&
        getComputedStyle(element).display !== 'inline')
    );
  }

  function sizeOf(element) {
    const svg = element.closest('svg');
    const scale = svg === null ? 1 : svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
    return Number.parseFloat(getComputedStyle(element).fontSize) * scale;
  }

  function channels(colour) {
    return (colour.match(/[\d.]+/g) ?? []).map(Number);
  }

  function luminance(colour) {
    const [red = 0, green = 0, blue = 0] = channels(colour).map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }

  function backgroundOf(element) {
    for (let at = element; at !== null; at = at.parentElement) {
      const { backgroundColor } = getComputedStyle(at);
      if ((channels(backgroundColor)[3] ?? 1) > 0) return backgroundColor;
    }
    return getComputedStyle(document.body).backgroundColor;
  }

  function contrastOf(element) {
    const style = getComputedStyle(element);
    const ink = luminance(element.closest('svg') === null ? style.color : style.fill);
    const ground = luminance(backgroundOf(element));
    return (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
  }

  const structure = ['var(--grid)', 'var(--axis)', 'var(--muted)', 'var(--paused)'];
  function isMark(element) {
    const paint = [element.getAttribute('fill'), element.getAttribute('stroke')].find((value) =>
      value?.startsWith('var('),
    );
    const { width, height } = element.getBoundingClientRect();
    return paint !== undefined && paint !== null && !structure.includes(paint) && Math.max(width, height) >= 1;
  }

  const contrasts = texts.map((element) => ({ text: element.textContent ?? '', contrast: contrastOf(element) }));
  return {
    overflow: root.scrollWidth - root.clientWidth,
    clipped: texts.filter(isClipped).map((element) => (element.textContent ?? '').trim()),
    smallestText: Math.min(...texts.map(sizeOf)),
    plots: [...document.querySelectorAll('figure svg')].map((svg) => {
      const { width, height } = svg.getBoundingClientRect();
      const title = svg.closest('figure')?.querySelector('h3')?.textContent ?? '';
      return { title, width, height, marks: [...svg.querySelectorAll('path, rect, polygon')].filter(isMark).length };
    }),
    faint: contrasts
      .filter(({ contrast }) => contrast < 4.5)
      .map(({ text, contrast }) => `${text}: ${contrast.toFixed(2)}`),
    smallestContrast: Math.min(...contrasts.map(({ contrast }) => contrast)),
  };
})();
