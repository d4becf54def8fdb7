/** One stylesheet for all pages, for a wide screen and a telephone, by day and by night. */
export const STYLE = `
:root{
  --ink:#12203a;--quiet:#5d6b85;--line:#e6ebf4;--card:#fff;--ground:#eef3fb;--glow:#d9e7ff;
  --brand:#1668f0;--brand-deep:#0d4fc4;--good:#0f9d63;--bad:#c93a3a;--warn-ink:#7a4b00;--warn:#fff4dc;--warn-line:#f5dba2;
  color-scheme:light;
}
@media (prefers-color-scheme:dark){
  :root{
    --ink:#eaf0fb;--quiet:#9aa9c4;--line:#263450;--card:#141d31;--ground:#0b1220;--glow:#12244a;
    --brand:#3d86ff;--brand-deep:#6ba4ff;--good:#35c98a;--bad:#ff7b7b;--warn-ink:#ffd88a;--warn:#2a2313;--warn-line:#4d3f1d;
    color-scheme:dark;
  }
}
*{box-sizing:border-box}
body{
  margin:0;min-height:100vh;color:var(--ink);
  background:radial-gradient(60rem 30rem at 50% -10rem,var(--glow),transparent) var(--ground);
  font:16px/1.55 system-ui,-apple-system,"Segoe UI","PingFang SC","Hiragino Sans GB","Microsoft YaHei","Noto Sans CJK SC",sans-serif;
  display:flex;flex-direction:column;align-items:center;padding:clamp(16px,5vh,56px) 16px 32px;
}
main,header,footer{width:100%;max-width:460px}
header{display:flex;align-items:center;gap:12px;margin-bottom:18px}
header svg{flex:none}
header b{display:block;font-size:17px;line-height:1.3}
header small{color:var(--quiet);font-size:13px}
.tag{
  margin-left:auto;padding:3px 11px;border-radius:999px;font-size:12px;font-weight:600;letter-spacing:.04em;
  color:var(--warn-ink);background:var(--warn);border:1px solid var(--warn-line);white-space:nowrap;
}
.card{
  background:var(--card);border:1px solid var(--line);border-radius:20px;overflow:hidden;
  box-shadow:0 1px 2px rgb(16 32 64/.05),0 18px 48px -18px rgb(16 48 112/.22);
}
.notice{
  margin:0;padding:10px 24px;font-size:13.5px;color:var(--warn-ink);background:var(--warn);
  border-bottom:1px solid var(--warn-line);text-align:center;text-wrap:balance;
}
.body{padding:26px 24px 24px}
h1{margin:0;font-size:15px;font-weight:500;color:var(--quiet);text-align:center}
.amount{
  margin:2px 0 20px;text-align:center;font-size:46px;line-height:1.15;font-weight:700;letter-spacing:-.02em;
  font-variant-numeric:tabular-nums;overflow-wrap:anywhere;
}
.amount span{font-size:.55em;font-weight:600;margin-right:4px;vertical-align:.32em}
dl{margin:0;border-top:1px solid var(--line)}
dl div{display:flex;gap:16px;justify-content:space-between;padding:11px 0;border-bottom:1px solid var(--line)}
dt{color:var(--quiet);flex:none}
dl .long{display:block}
.long dd{text-align:left;font-size:14.5px}
dd{margin:0;text-align:right;overflow-wrap:anywhere;min-width:0}
.number{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:13.5px;line-height:1.8}
.clock{font-variant-numeric:tabular-nums;font-weight:600}
.clock.soon{color:var(--bad)}
.button{
  display:block;width:100%;margin-top:22px;padding:15px 20px;border:0;border-radius:14px;cursor:pointer;
  font:inherit;font-size:18px;font-weight:650;text-align:center;text-decoration:none;color:#fff;
  background:linear-gradient(180deg,#2b7bff,#1668f0);box-shadow:0 10px 22px -10px rgb(22 104 240/.75);
  transition:transform .08s,filter .15s;
}
.button:hover{filter:brightness(1.06)}
.button:active{transform:translateY(1px)}
.button[disabled]{filter:grayscale(.5) opacity(.6);cursor:default}
.link{display:block;margin-top:16px;text-align:center;color:var(--brand-deep);text-decoration:none;font-size:15px}
.link:hover{text-decoration:underline}
:is(a,button,summary,select,input):focus-visible{outline:3px solid color-mix(in srgb,var(--brand) 55%,transparent);outline-offset:2px}
.quiet{color:var(--quiet);font-size:14px;text-align:center;margin:16px 0 0}
details{margin-top:22px;border:1px dashed var(--line);border-radius:14px}
summary{padding:11px 14px;cursor:pointer;font-size:14px;color:var(--quiet);list-style-position:inside}
summary b{color:var(--ink);font-weight:600}
.fields{padding:0 14px 14px;display:grid;grid-template-columns:1fr 1fr;gap:12px;align-items:end}
.fields p{grid-column:1/-1;margin:0;font-size:13px;color:var(--quiet)}
.fields label{display:grid;gap:4px;font-size:13px;color:var(--quiet);min-width:0}
.fields .wide{grid-column:1/-1}
.fields :is(select,input){
  width:100%;padding:9px 11px;border:1px solid var(--line);border-radius:10px;background:var(--ground);color:var(--ink);font:inherit;font-size:15px;
}
.error{margin:0 0 18px;padding:10px 14px;border-radius:12px;color:var(--bad);border:1px solid currentColor;font-size:14px}
.sign{display:block;margin:4px auto 14px}
.title{margin:0 0 4px;text-align:center;font-size:23px;line-height:1.3}
.lead{margin:0 0 20px;text-align:center;color:var(--quiet);text-wrap:balance}
.good{color:var(--good)}.bad{color:var(--bad)}
footer{margin-top:18px;text-align:center;font-size:12.5px;color:var(--quiet)}
@media (max-width:420px){
  body{padding:14px 12px 24px}
  .body{padding:22px 18px 20px}
  .notice{padding:10px 18px}
  .amount{font-size:42px}
}
@media (prefers-reduced-motion:reduce){.button{transition:none}}
`;

/**
 * Counts the clock down and asks for the page again when it has run out; keeps a double click from paying twice in vain.
 * Everything works without it: the server decides about expiry, and the return is a meta refresh.
 */
export const SCRIPT = `
const clock=document.querySelector('[data-left-ms]');
if(clock){
  const end=performance.now()+Number(clock.dataset.leftMs);
  const two=(n)=>String(n).padStart(2,'0');
  const tick=()=>{
    const left=Math.max(0,Math.ceil((end-performance.now())/1000));
    const d=Math.floor(left/86400),h=Math.floor(left/3600)%24,m=Math.floor(left/60)%60,s=left%60;
    clock.textContent=(d?d+'d ':'')+(d||h?two(h)+':':'')+two(m)+':'+two(s);
    clock.classList.toggle('soon',left<=60);
    if(left===0){clearInterval(timer);setTimeout(()=>location.reload(),800)}
  };
  const timer=setInterval(tick,250);tick();
}
const back=document.querySelector('[data-back-in]');
if(back){let left=Number(back.dataset.backIn);setInterval(()=>{left=Math.max(0,left-1);back.textContent=left},1000)}
for(const form of document.forms)form.addEventListener('submit',()=>form.querySelector('.button').disabled=true);
addEventListener('pageshow',(event)=>{if(event.persisted)location.reload()});
`;
