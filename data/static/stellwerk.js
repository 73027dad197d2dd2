// Search as you type on the start page; without this script the form does the same when it is sent.
"use strict";
(() => {
    const form = document.querySelector("form.search");
    if (!form) return;
    let waiting = 0, asked = 0;
    const address = () => {
        const values = [...new FormData(form)].filter(([, value]) => value.trim() !== "");
        return location.pathname + (values.length ? "?" + new URLSearchParams(values) : "");
    };
    const show = async () => {
        const mine = ++asked, url = address();
        let page;
        try {
            const answer = await fetch(url);
            if (!answer.ok) return;
            page = new DOMParser().parseFromString(await answer.text(), "text/html");
        } catch {
            return; // the button still works
        }
        const found = page.getElementById("results");
        if (mine !== asked || !found) return;
        document.getElementById("results").replaceChildren(...found.childNodes);
        document.getElementById("shown").textContent = page.getElementById("shown").textContent;
        history.replaceState(null, "", url);
    };
    const soon = (after) => { clearTimeout(waiting); waiting = setTimeout(show, after); };
    form.addEventListener("input", () => soon(200));
    form.addEventListener("submit", (event) => { event.preventDefault(); soon(0); });
})();
