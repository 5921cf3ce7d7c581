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
      if (said && said.total) for (const bar of document.querySelectorAll("progress[data-meter]")) [bar.max, bar.value] = [said.total, said.done];
      if (said && said.text && said.text !== status.textContent) status.textContent = said.text;
      else if (answer.status === 401 || answer.status === 404 || answer.redirected) return location.reload();
    } catch {
      // the service does not answer just now
    }
    again();
  };
  setTimeout(look, pause);
}

// Hands a notebook in without leaving the page, so that a refusal keeps what was chosen; and takes dropped files.
const SENT_OFF = "The connection broke off. Load this page again to see whether the notebook arrived.";
for (const form of document.querySelectorAll("form[data-hand-in]")) {
  const file = form.querySelector("input[type=file]");
  const drop = form.querySelector(".drop");
  const button = form.querySelector("button");
  const sending = form.querySelector("[data-sending]");
  const refused = document.getElementById("refused");
  const most = Number(form.dataset.most);

  const say = (sentence) => {
    refused.replaceChildren();
    if (!sentence) return;
    const notice = document.createElement("p");
    notice.className = "notice error";
    notice.textContent = sentence;
    refused.append(notice);
  };
  const fits = () => {
    const [chosen] = file.files;
    const tooLarge = chosen && chosen.size > most * 2 ** 20;
    say(tooLarge ? `${chosen.name} has ${(chosen.size / 2 ** 20).toFixed(1)} MB, and ${most} MB are allowed. Clear the outputs of its cells, save it, and choose it again.` : "");
    return !tooLarge;
  };
  const end = (sentence) => {
    button.disabled = false;
    sending.textContent = "";
    say(sentence);
  };
  const send = () => {
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.onprogress = ({ loaded, total }) => {
      sending.textContent = loaded < total ? `Sending, ${Math.floor((100 * loaded) / total)} %` : "Sent, being stored";
    };
    request.onload = () => {
      const answer = request.response;
      if (answer && answer.page) location.assign(answer.page);
      else if (answer && answer.error) end(answer.error);
      else form.submit(); // the service's own page says what is wrong
    };
    request.onerror = () => end(SENT_OFF);
    request.send(new FormData(form));
  };

  for (const hint of form.querySelectorAll(".script-only")) hint.hidden = false;
  file.addEventListener("change", fits);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (button.disabled || !fits()) return;
    button.disabled = true;
    sending.textContent = "Sending";
    send();
  });
  addEventListener("pageshow", () => (button.disabled = false));

  let inside = 0;
  const mark = (by) => drop.classList.toggle("over", (inside += by) > 0);
  drop.addEventListener("dragenter", () => mark(1));
  drop.addEventListener("dragleave", () => mark(-1));
  drop.addEventListener("dragover", (event) => event.preventDefault());
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    mark(-inside);
    if (event.dataTransfer.files.length > 1) return say("Drop one file: the notebook, or a zip with it inside.");
    if (event.dataTransfer.files.length === 1) {
      file.files = event.dataTransfer.files;
      file.dispatchEvent(new Event("change"));
      file.focus();
    }
  });
}
