// The page of an article: the table of contents follows the scroll, a video loads when it is
// asked for, and "Was this helpful?" answers in place.

const followScroll = (toc) => {
  const links = new Map(
    [...toc.querySelectorAll("a")].map((link) => [decodeURIComponent(link.hash.slice(1)), link]),
  );
  const headings = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
  if (!headings.length) return;

  const mark = () => {
    const line = window.innerHeight * 0.25;
    const atEnd =
      window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 2;
    const passed = headings.filter((heading) => heading.getBoundingClientRect().top <= line);
    const current = atEnd ? headings.at(-1) : (passed.at(-1) ?? headings[0]);
    for (const [id, link] of links) {
      if (id === current.id) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };

  let waiting = false;
  addEventListener(
    "scroll",
    () => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        mark();
      });
    },
    { passive: true },
  );
  mark();
};

const playInPlace = (figure) => {
  const link = figure.querySelector(".video-play a");
  if (!link) return;
  link.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    const player = document.createElement("iframe");
    player.src = figure.dataset.videoSrc;
    player.title = figure.dataset.videoTitle;
    player.allow = "fullscreen; encrypted-media; picture-in-picture";
    player.referrerPolicy = "strict-origin-when-cross-origin";
    player.setAttribute("sandbox", "allow-scripts allow-same-origin allow-presentation");
    figure.querySelector(".video-play").replaceWith(player);
    player.focus();
  });
};

const answerInPlace = (section) => {
  section.addEventListener("submit", async (event) => {
    const form = event.target;
    const body = new URLSearchParams(new FormData(form, event.submitter));
    event.preventDefault();
    try {
      const response = await fetch(form.action, { method: "POST", body });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const answer = page.querySelector("[data-feedback]");
      if (!answer) throw new Error(`status ${response.status}`);
      section.replaceWith(answer);
      answerInPlace(answer);
      answer.focus({ preventScroll: true });
    } catch {
      form.append(hidden(event.submitter));
      form.submit(); // the plain way shows what is wrong
    }
  });
};

const hidden = (button) => {
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = button?.name ?? "";
  field.value = button?.value ?? "";
  return field;
};

document.querySelectorAll("[data-toc]").forEach(followScroll);
document.querySelectorAll("figure[data-video-src]").forEach(playInPlace);
document.querySelectorAll("[data-feedback]").forEach(answerInPlace);
