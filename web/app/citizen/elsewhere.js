// Where else help is to be had: shown whenever this service does not serve (Art. 28, 31, 35).
import { html } from 'lit';
import { t } from '../i18n.js';

/** @param {'any'|'court'} matter what the person needs */
export function elsewhere(matter = 'any') {
  return html`
    <ul class="rows elsewhere">
      ${matter === 'court' ? html`
        <li><a class="row" href="tel:12368"><strong>12368</strong> ${t('人民法院诉讼服务热线')}
          <span class="soft">${t('问案件进度、期限、怎样提交材料')}</span></a></li>
        <li><a class="row" href="tel:12309"><strong>12309</strong> ${t('人民检察院服务热线')}
          <span class="soft">${t('检察机关正在办理的案件')}</span></a></li>` : ''}
      <li><a class="row" href="tel:12348"><strong>12348</strong> ${t('法律服务热线')}
        <span class="soft">${t('免费电话咨询，不用登录')}</span></a></li>
      <li><div class="row"><strong>${t('法律援助')}</strong> ${t('各区法律援助中心、公共法律服务中心窗口')}
        <span class="soft">${t('经济困难的可以申请免费律师，请带身份证件')}</span></div></li>
      <li><a class="row" href="/" target="_top"><strong>${t('本网首页')}</strong> ${t('咨询方式、可以咨询的问题和须知')}
        <span class="soft">${t('不用登录，也不用同意协议')}</span></a></li>
    </ul>`;
}
