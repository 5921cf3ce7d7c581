// Return the texts of a report that are drawn with a contrast (WCAG 2.2) below 4.5 on what is behind them.
report => {
  const parts = color => (color.match(/[\d.]+/g) || []).map(Number);
  const light = color => {
    const [r, g, b] = parts(color).map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = element => {
    const color = getComputedStyle(element).backgroundColor;
    return parts(color)[3] === 0 ? behind(element.parentElement) : color;
  };
  const ratio = element => {
    const [a, b] = [light(getComputedStyle(element).color), light(behind(element))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  };
  report.querySelectorAll('details').forEach(d => { d.open = true; });
  const walker = document.createTreeWalker(report, NodeFilter.SHOW_TEXT), seen = [];
  while (walker.nextNode()) {
    const text = walker.currentNode.data.trim(), element = walker.currentNode.parentElement;
    if (text && element.tagName !== 'STYLE' && element.getClientRects().length) seen.push([text, ratio(element)]);
  }
  return { read: seen.length, unreadable: seen.filter(([, found]) => found < 4.5) };
}
