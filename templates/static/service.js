"use strict";
// Shows moments in the reader's own time zone; without this script they are in UTC.
const inOwnZone = new Intl.DateTimeFormat("en-GB", {
  weekday: "short", day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short",
});
for (const moment of document.querySelectorAll("time[data-moment]")) {
  moment.title = moment.textContent;
  moment.textContent = inOwnZone.format(new Date(moment.dateTime));
}

// Asks how far work is until it has ended, more and more seldom, and then shows the page anew.
const LONGEST_MS = 20 * 60 * 1000;
const GIVEN_UP = "This page has stopped asking. Nothing is lost: load the page again to see how far it is.";
for (const status of document.querySelectorAll("[data-progress]")) {
  const begun = Date.now();
  let pause = 1000;
  const again = () => {
    if (Date.now() - begun > LONGEST_MS) status.textContent = GIVEN_UP;
    else setTimeout(look, pause);
    pause = Math.min(pause * 1.2, 10000);
  };
  const look = async () => {
    if (document.hidden) return again();
    try {
      const answer = await fetch(status.dataset.progress, { headers: { Accept: "application/json" } });
      const said = answer.ok ? await answer.json() : null;
      if (said && !said.open) return location.reload();
      if (said && said.text && said.text !== status.textContent) status.textContent = said.text;
      else if (answer.status === 401 || answer.status === 404 || answer.redirected) return location.reload();
    } catch {
      // the service does not answer just now
    }
    again();
  };
  setTimeout(look, pause);
}
